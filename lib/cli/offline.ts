/** What is known without asking the target: for `--no-refresh`, and for targets that this version cannot reach. */
import type { Manifest } from '../manifest.ts';
import { match, type Observed, runKey, runsToFind } from '../plan/match.ts';
import type { Attempt, Found, Presence } from '../state/attempt.ts';
import { readJournal } from '../state/journal-files.ts';
import { runsOf } from '../state/record.ts';
import { type LookUp, recover } from '../state/recover.ts';
import { neededAfter, type Recorded, type State } from '../state/state.ts';
import { FileStore } from '../state/store.ts';

export interface OfflineState {
  readonly state: State | undefined;
  readonly recorded: readonly Recorded[];
}

/** A start that a crash left open stays open: only the target knows. */
export async function readOffline(folder: string): Promise<OfflineState> {
  const state = await new FileStore(folder).read();
  const { recorded } = recover(state, readJournal(folder, neededAfter(state)).entries, new Map());
  return { state, recorded };
}

function recordedAttempt({ n, token, handle = '', end }: Attempt): Found {
  const base = { n, token, handle, checkpoint: 0, step: 0 };
  return end === undefined ? { ...base, state: 'running' } : { ...base, state: 'ended', cause: end };
}

/** The target as the state has it. */
export function asRecorded(manifest: Manifest, recorded: readonly Recorded[]): Observed {
  const runs = new Map<string, LookUp>(runsToFind(match(manifest, recorded)).map((job) => [runKey(job), []]));
  const keys = new Set<string>();
  for (const run of recorded.flatMap(runsOf)) {
    runs.set(runKey(run.resource), run.attempts.map(recordedAttempt));
    for (const { key } of Object.values(run.artifacts)) keys.add(key);
  }
  const presence = new Map<string, Presence>();
  for (const resource of manifest.resources)
    if (resource.life === 'artifact') presence.set(resource.address, keys.has(resource.key) ? 'whole' : 'absent');
  return { presence, runs };
}
