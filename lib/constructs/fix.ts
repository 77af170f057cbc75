/** The fixes of a dataset: said in one way, and held against what its rows are. */
import type { Finding, Where } from '../finding.ts';
import { appliesTo, type Fix, plainFix } from '../settings/fixes.ts';
import type { Format } from '../settings/formats.ts';

const misfit = (where: Where, path: string, message: string, fix: string, given: Finding['given']): Finding => ({
  id: 'fix/not-for',
  severity: 'error',
  where: { ...where, path: `fix.${path}` },
  ...(given === undefined ? {} : { given }),
  message,
  fix,
});

/** What becomes of rows that are too long can be said once. */
function severalWays({ drop = [], truncate, split }: Fix, where: Where): Finding[] {
  const ways = [
    ...(drop.includes('too-long') ? ["drop 'too-long'"] : []),
    ...(truncate ? [`truncate '${truncate}'`] : []),
    ...(split ? ['split'] : []),
  ];
  if (ways.length < 2) return [];
  const message = `fix says in ${ways.length} ways what becomes of a row of more than maxLength tokens: ${ways.join(', ')}.`;
  return [{ id: 'fix/several-ways', severity: 'error', where: { ...where, path: 'fix' }, message, fix: 'Keep one.' }];
}

/** As a part of the resolved settings. */
export function fixSettings(fix: Fix | undefined): { readonly fix?: Fix } {
  const plain = fix && plainFix(fix);
  return plain ? { fix: plain } : {};
}

/** `fix`: as it was written. What would do nothing, or cannot be done, with rows of the format is an error. */
export function fixFindings(fix: Fix = {}, format: Format, where: Where): Finding[] {
  const found = severalWays(fix, where);
  for (const reason of new Set(fix.drop)) {
    if (appliesTo(reason, format)) continue;
    const message = `Rows of the format ${format} are never left out as '${reason}'.`;
    const instead = reason === 'no-answer' ? "'empty-answer'" : "'unusable'";
    found.push(misfit(where, 'drop', message, `Take it out; ${instead} may be meant.`, reason));
  }
  if (fix.dedupe === 'questions' && format === 'text')
    found.push(misfit(where, 'dedupe', 'Rows of text ask nothing.', "Write dedupe: 'rows'.", fix.dedupe));
  if (fix.split && format !== 'text') {
    const message = `A row of the format ${format} cannot be split: its parts would be answers without what they answer.`;
    found.push(misfit(where, 'split', message, "Write truncate: 'keep_end', or drop: ['too-long'].", true));
  }
  return found;
}
