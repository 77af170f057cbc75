/** Stops the live attempts of a run, each between its begin and end in the journal. */
import type { Job } from '../manifest.ts';
import type { Found } from '../state/attempt.ts';
import type { Target } from '../targets/target.ts';
import type { Session } from './session.ts';
import { messageOf } from './start.ts';

interface Stopping {
  readonly session: Session;
  readonly target: Target;
  readonly signal: AbortSignal;
}

/** `save`: make a checkpoint first. Undefined where all have ended. */
export async function stopRun(
  { session, target, signal }: Stopping,
  job: Job,
  found: readonly Found[],
  save: boolean,
): Promise<{ readonly error: unknown } | undefined> {
  for (const { n, state } of found) {
    if (state !== 'running' && state !== 'queued') continue;
    const { address, identity } = job;
    const begin = session.begin({ kind: 'begin', effect: 'stop', address, identity, n });
    session.fence();
    let failure: { readonly error: unknown } | undefined;
    try {
      await target.stop(job, n, save, signal);
    } catch (error) {
      failure = { error };
    }
    session.end(begin, failure ? { outcome: 'failed', message: messageOf(failure.error) } : { outcome: 'done' });
    if (failure) return failure;
  }
  return undefined;
}
