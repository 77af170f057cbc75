/** Settings whose changes a run ignores: which recorded values stay in the place of what the program says. */
import { canonical, isObject, type Json, type JsonObject } from '../base/json.ts';
import type { IgnoredChange, Job, Manifest } from '../manifest.ts';
import type { Recorded } from '../state/state.ts';
import { match } from './match.ts';

const at = (settings: JsonObject, keys: readonly string[]) =>
  keys.reduce<Json | undefined>((inner, key) => (isObject(inner) ? (inner as JsonObject)[key] : undefined), settings);

/**
 * A value inside a block stays only where both have the block, and it is of the same kind: there is no rank to keep in a
 * method that has none.
 */
function fits(path: string, before: JsonObject, after: JsonObject): boolean {
  const [block = '', ...inner] = path.split('.');
  if (inner.length === 0) return true;
  const [old, now] = [before[block], after[block]];
  return isObject(old) && isObject(now) && old.kind === now.kind;
}

function ignoredOf(job: Job, recorded: JsonObject): IgnoredChange[] {
  return [...new Set(job.ignoreChanges)].flatMap((path) => {
    const keys = path.split('.');
    const [kept, written] = [at(recorded, keys), at(job.settings, keys)];
    if (canonical([kept ?? null]) === canonical([written ?? null]) || !fits(path, recorded, job.settings)) return [];
    return [{ path, ...(kept === undefined ? {} : { kept }), ...(written === undefined ? {} : { written }) }];
  });
}

/** By address of a run; without a record there is nothing to keep, and what is written counts. */
export function ignoredChanges(
  manifest: Manifest,
  recorded: readonly Recorded[],
): Readonly<Record<string, readonly IgnoredChange[]>> {
  const found = match(manifest, recorded).matched.flatMap(({ job, record }) => {
    const ignored = record && job.ignoreChanges ? ignoredOf(job, record.resource.settings) : [];
    return ignored.length > 0 ? [[job.address, ignored] as const] : [];
  });
  return Object.fromEntries(found);
}
