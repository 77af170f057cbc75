/** The way past the settings: values put into synthesised documents, by JSON pointer or by the name of a line. */
import { isObject, type Json } from '../base/json.ts';
import { type Change, changes } from './change.ts';
import { documents, type Override } from './documents.ts';
import { settingOf, settingsIn } from './filled.ts';

/** In the order of documents, then as written. */
export function eachOverride(given: unknown): Override[] {
  if (!isObject(given)) return [];
  return documents.flatMap((document) => {
    const inner = given[document];
    return isObject(inner) ? Object.entries(inner).map(([at, value]) => ({ document, at, value: value as Json })) : [];
  });
}

/** `train.json#/sft/adam_beta2`, `hostfile#node-1`: how plans and messages name one. */
export const placeOf = ({ document, at }: Pick<Override, 'document' | 'at'>) => `${document}#${at}`;

/** Sections of train.json that say what is learnt from what, and how. */
const semantic = /^train\.json#\/(sft|peft|quantization|model|data)(\/|$)/;

/**
 * What a change of an override means for a run that exists: what a change of the setting means that fills its place; where
 * none does, the section of the file decides.
 */
export function changeAt(place: string): Change {
  // Which hosts, and how many ranks on each: the cluster's.
  if (place.startsWith('hostfile#')) return 'placement';
  const own = settingOf(place);
  if (own) return own.class;
  const here: Change = semantic.test(place) ? 'semantic' : 'operational';
  const all = [here, ...settingsIn(place).map((one) => one.class)];
  return changes.findLast((one) => all.includes(one)) ?? here;
}

/** Those that shape learning, for the run's identity; undefined where there are none. */
export function semanticOverrides(given: unknown): Record<string, Json> | undefined {
  const found = eachOverride(given).filter((one) => changeAt(placeOf(one)) === 'semantic');
  return found.length === 0 ? undefined : Object.fromEntries(found.map((one) => [placeOf(one), one.value]));
}
