/** Looks at the target, in bounded time: what did not answer is unknown. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Artifact, Manifest } from '../manifest.ts';
import { match, type Observed, runsToFind } from '../plan/match.ts';
import type { Recorded } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { findRuns } from './load.ts';

async function within<T>(seconds: number, answer: Promise<T>, otherwise: T): Promise<T> {
  const stop = new AbortController();
  const late = sleep(seconds * 1000, otherwise, { signal: stop.signal }).catch(() => otherwise);
  try {
    return await Promise.race([answer, late]);
  } finally {
    stop.abort();
  }
}

export interface ObserveOptions {
  readonly seconds?: number;
}

export async function observe(
  target: Target,
  manifest: Manifest,
  recorded: readonly Recorded[],
  { seconds = 30 }: ObserveOptions = {},
): Promise<Observed> {
  const jobs = runsToFind(match(manifest, recorded));
  const artifacts = manifest.resources.filter((resource): resource is Artifact => resource.life === 'artifact');
  const [root, machine, presence, runs] = await Promise.all([
    within<string | undefined>(seconds, target.root(), undefined),
    within<string | undefined>(seconds, target.machine(), undefined),
    within(seconds, target.has(artifacts), new Map()),
    within(seconds, findRuns(target, jobs), new Map()),
  ]);
  const where = { ...(root === undefined ? {} : { root }), ...(machine === undefined ? {} : { machine }) };
  return { ...where, presence, runs };
}
