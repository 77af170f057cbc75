/** A run that lives stops at a checkpoint, so that its next attempt goes on in another layout. */
import type { Sha } from '../base/hash.ts';
import type { Job } from '../manifest.ts';
import { runKey, seenOf } from '../plan/match.ts';
import { movedTo } from '../plan/move.ts';
import type { JobStep, Plan } from '../plan/step.ts';
import type { Found, Provenance } from '../state/attempt.ts';
import { recordAt, runsOf, withFound, withMove } from '../state/record.ts';
import type { How, Target } from '../targets/target.ts';
import { findRuns } from './load.ts';
import type { Session } from './session.ts';
import { stopRun } from './stop.ts';

interface Moving {
  readonly plan: Plan;
  readonly session: Session;
  readonly target: Target;
  readonly signal: AbortSignal;
}

interface Move {
  readonly address: string;
  readonly job: Job;
  readonly step: JobStep;
}

type Stopped =
  | { readonly outcome: 'stopped' | 'done' | 'unknown' }
  | { readonly outcome: 'failed'; readonly error: unknown };

const failed = (message: string): Stopped => ({ outcome: 'failed', error: new Error(message) });

/** What the plan showed is what the trainer may do. */
export function acceptOf({ resume }: JobStep): How['accept'] {
  return resume === undefined || resume.grade === 'impossible' ? 'exact' : resume.grade;
}

/**
 * Whether this plan has begun the attempt already. The token alone does not tell: the run's own supervisor gives the
 * next number to a retry, in the layout of before.
 */
export function hasMoved({ plan, session }: Moving, { job }: Move, token: Sha, found: readonly Found[]): boolean {
  if (!found.some((each) => each.token === token)) return false;
  const record = recordAt(session.records, job.address);
  const attempts = record ? runsOf(record).flatMap((run) => run.attempts) : [];
  return attempts.some((each) => each.token === token && each.provenance.plan === plan.hash);
}

export async function stopToMove(moving: Moving, provenance: Provenance, move: Move, token: Sha): Promise<Stopped> {
  const { session, target } = moving;
  const { job, step } = move;
  // Its attempts so far are of the settings of before.
  const before = { ...(step.before ?? job), identity: job.identity };
  const look = async () => (await findRuns(target, [job])).get(runKey(job)) ?? 'unknown';
  const found = await look();
  if (found === 'unknown') return { outcome: 'unknown' };
  if (found.some((each) => each.token === token))
    return failed(`attempt ${step.attempt ?? 1} began by itself since the plan was made: plan again`);
  session.update((records) => withMove(withFound(records, before, found, provenance), job, movedTo(job)));
  // Before the stop: who finds the run stopped must see that it was not for good.
  await session.save();
  const failure = await stopRun(moving, job, found, true);
  if (failure) return { outcome: 'failed', error: failure.error };
  const after = await look();
  if (after === 'unknown') return { outcome: 'unknown' };
  session.update((records) => withFound(records, before, after, provenance));
  const seen = seenOf(after);
  if (seen === 'running' || seen === 'queued') return failed('it was asked to stop and still runs: apply again');
  return { outcome: seen === 'done' ? 'done' : 'stopped' };
}
