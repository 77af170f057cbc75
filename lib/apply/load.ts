/** Reads what is recorded of a stack, with what a crash left open looked up on the target. Needs no lock. */

import type { Job } from '../manifest.ts';
import { runKey } from '../plan/match.ts';
import type { StartBegin } from '../state/journal-entry.ts';
import { type JournalRead, readJournal } from '../state/journal-files.ts';
import { type LookUp, openStarts, type Recovered, recover } from '../state/recover.ts';
import { neededAfter, type State } from '../state/state.ts';
import { FileStore } from '../state/store.ts';
import type { Target } from '../targets/target.ts';

export interface Loaded {
  /** As it is on the disk; undefined where the stack was never applied. */
  readonly state: State | undefined;
  readonly journal: JournalRead;
  /** What is true now. */
  readonly recovered: Recovered;
}

/** Looks runs up; a call of `find` names an address once, and here one may stand for several identities. */
export async function findRuns(target: Target, jobs: readonly Job[]): Promise<ReadonlyMap<string, LookUp>> {
  const found = new Map<string, LookUp>();
  let left = [...new Map(jobs.map((job) => [runKey(job), job])).values()];
  while (left.length > 0) {
    const batch = [...new Map(left.map((job) => [job.address, job])).values()];
    const answers = await target.find(batch);
    for (const job of batch) found.set(runKey(job), answers.get(job.address) ?? 'unknown');
    const asked = new Set(batch);
    left = left.filter((job) => !asked.has(job));
  }
  return found;
}

async function lookUp(target: Target, starts: readonly StartBegin[]): Promise<ReadonlyMap<string, LookUp>> {
  if (starts.length === 0) return new Map();
  const runs = await findRuns(
    target,
    starts.map((start) => start.job),
  );
  return new Map(starts.map((start) => [start.token, runs.get(runKey(start.job)) ?? 'unknown']));
}

/** `folder`: the stack's own below `.sft/state`. Throws where state or journal are damaged or of a newer version. */
export async function load(folder: string, target: Target): Promise<Loaded> {
  const state = await new FileStore(folder).read();
  const journal = readJournal(folder, neededAfter(state));
  const lookUps = await lookUp(target, openStarts(state, journal.entries));
  return { state, journal, recovered: recover(state, journal.entries, lookUps) };
}
