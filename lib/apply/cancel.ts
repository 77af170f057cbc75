/** Stops a run that lives. Its checkpoints stay, and it can be resumed. */
import { hashOf, short } from '../base/hash.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { Job } from '../manifest.ts';
import { runKey, seenOf } from '../plan/match.ts';
import { recordAt, runsOf, withFound, withoutMove } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { findRuns } from './load.ts';
import { type Desk, Session } from './session.ts';
import { messageOf } from './start.ts';
import { stopRun } from './stop.ts';

export interface CancelInput {
  readonly stack: string;
  /** A run's address, or `address@identity` (its first digits do) for one that a newer run stands in front of. */
  readonly run: string;
  /** Make a checkpoint first. */
  readonly save: boolean;
  readonly target: Target;
  readonly desk: Desk;
  readonly signal: AbortSignal;
}

export interface CancelResult {
  readonly exit: ExitCode;
  readonly outcome: 'cancelled' | 'not-running' | 'failed' | 'unknown';
  readonly run: Job;
  readonly message?: string;
}

/** The recorded run that a person named. Throws where there is none. */
export function runNamed(records: readonly Recorded[], name: string): Job {
  const [address = '', identity] = name.split('@');
  const record = recordAt(records, address);
  const runs = record ? runsOf(record) : [];
  const run = identity === undefined ? runs[0] : runs.find(({ resource }) => resource.identity.startsWith(identity));
  if (run) return run.resource;
  const known = records.flatMap((each) =>
    runsOf(each).map(({ resource }) => `${each.address}@${short(resource.identity)}`),
  );
  throw fail(
    'run/unknown',
    `No run ${name} is recorded.`,
    known.length === 0 ? 'Apply the stack first.' : `Recorded are: ${known.join(', ')}.`,
    { exit: exit.usage },
  );
}

async function stop(input: CancelInput, session: Session): Promise<CancelResult> {
  const { target, signal, save } = input;
  const run = runNamed(session.records, input.run);
  const found = (await findRuns(target, [run])).get(runKey(run)) ?? 'unknown';
  if (found === 'unknown') return { exit: exit.unknown, outcome: 'unknown', run };
  const seen = seenOf(found);
  // What was stopped to be moved, and is cancelled by name now, stays as it is.
  session.update((records) => withoutMove(records, run));
  await session.save();
  if (seen !== 'running' && seen !== 'queued') return { exit: exit.done, outcome: 'not-running', run, message: seen };
  const failure = await stopRun({ session, target, signal }, run, found, save);
  if (failure) return { exit: exit.error, outcome: 'failed', run, message: messageOf(failure.error) };
  const after = (await findRuns(target, [run])).get(runKey(run)) ?? 'unknown';
  const last = recordAt(session.records, run.address)?.attempts.at(-1);
  if (after !== 'unknown' && last) session.update((records) => withFound(records, run, after, last.provenance));
  await session.save();
  return { exit: exit.done, outcome: 'cancelled', run };
}

export async function cancel(input: CancelInput): Promise<CancelResult> {
  const { stack, run, target, desk, signal } = input;
  const plan = hashOf({ do: 'cancel', stack, run, at: desk.now() });
  const session = await Session.open(desk, target, { stack, what: `cancel ${run}`, plan, signal });
  try {
    return await stop(input, session);
  } finally {
    session.close();
  }
}
