/** What a plan says of the rows that a dataset's `fix` leaves out. */
import { isObject, type Json } from '../base/json.ts';
import { grouped } from '../base/quantity.ts';
import { reasonWords } from '../data/fix/fixes.ts';
import type { Job } from '../manifest.ts';
import { dropReasons, type FixCounts } from '../settings/fixes.ts';

function droppedTexts(dropped: FixCounts['dropped']): string[] {
  if (!dropped) return [];
  const some = dropReasons.flatMap((reason) => {
    const count = reason === 'too-long' ? 0 : (dropped[reason] ?? 0);
    return reason === 'too-long' || count === 0 ? [] : [{ count, word: reasonWords[reason] }];
  });
  const [first] = some;
  if (!first) return ['none dropped'];
  if (some.length === 1) return [`${grouped(first.count)} dropped: ${first.word}`];
  const all = some.reduce((sum, { count }) => sum + count, 0);
  return [`${grouped(all)} dropped: ${some.map(({ count, word }) => `${grouped(count)} ${word}`).join(', ')}`];
}

function duplicatesText(count: number): string {
  if (count === 0) return 'no duplicates';
  return `${grouped(count)} ${count === 1 ? 'duplicate' : 'duplicates'} removed`;
}

/** By its tokens: how many, is known when they are made. */
function longTexts(fix: Json | undefined): string[] {
  if (!isObject(fix)) return [];
  const drops = Array.isArray(fix.drop) && fix.drop.includes('too-long');
  return [
    ...(drops ? ['rows over maxLength dropped'] : []),
    ...(fix.split === true ? ['rows over maxLength split'] : []),
    ...(fix.truncate === 'keep_end' ? ['rows over maxLength keep their end'] : []),
  ];
}

function countTexts({ dropped, duplicates }: FixCounts): string[] {
  return [...droppedTexts(dropped), ...(duplicates === undefined ? [] : [duplicatesText(duplicates)])];
}

/** `fixed`: as it was counted, of the artifact that the rows are. `job`: the first that needs it. */
export function fixTexts(fixed: Json | undefined, job: Job | undefined): string[] {
  const counts = (isObject(fixed) ? fixed : {}) as FixCounts;
  const held = counts.evaluation && `of those to evaluate on ${countTexts(counts.evaluation).join(', ')}`;
  const data = job?.settings.data;
  return [...countTexts(counts), ...(held ? [held] : []), ...longTexts(isObject(data) ? data.fix : undefined)];
}

/** Of each part of a mix that has fixes. */
export function mixedFixTexts(mixed: Json | undefined): string[] {
  const parts = Array.isArray(mixed) ? mixed.filter(isObject) : [];
  return parts.flatMap(({ name, fixed }) =>
    isObject(fixed) ? [`of ${name} ${countTexts(fixed as FixCounts).join(', ')}`] : [],
  );
}
