/** Removes what apply made of a stack's runs. The caller has asked the person; here it is done. */

import type { EngineEvent } from '../base/events.ts';
import { hashOf } from '../base/hash.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { Job } from '../manifest.ts';
import { runKey } from '../plan/match.ts';
import { forgotten, isProtected, runsOf } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { dependantsFirst } from './lies-on.ts';
import { findRuns } from './load.ts';
import { codeOf, type StepResult } from './result.ts';
import { type Desk, Session } from './session.ts';
import { messageOf } from './start.ts';
import { stopRun } from './stop.ts';

export interface DestroyInput {
  readonly stack: string;
  readonly target: Target;
  readonly desk: Desk;
  readonly signal: AbortSignal;
  readonly emit: (event: EngineEvent) => void;
  /** Runs whose results and checkpoints go too; those of all others stay. */
  readonly results: readonly string[];
}

export interface DestroyResult {
  readonly exit: ExitCode;
  readonly steps: readonly StepResult[];
}

async function removeRun(input: DestroyInput, session: Session, job: Job): Promise<StepResult | undefined> {
  const { target, signal } = input;
  const { address, identity } = job;
  const failed = (error: unknown): StepResult => ({
    address,
    verb: 'stop',
    outcome: 'failed',
    message: messageOf(error),
  });
  const found = (await findRuns(target, [job])).get(runKey(job)) ?? 'unknown';
  if (found === 'unknown') {
    const message = 'the target did not say whether it runs: it was left alone';
    return { address, verb: 'none', outcome: 'unknown', message };
  }
  const failure = await stopRun({ session, target, signal }, job, found, !input.results.includes(address));
  if (failure) return failed(failure.error);
  const begin = session.begin({ kind: 'begin', effect: 'remove', address, identity });
  session.fence();
  let error: unknown;
  try {
    await target.remove(job, input.results.includes(address));
  } catch (caught) {
    error = caught;
  }
  session.end(begin, error === undefined ? { outcome: 'done' } : { outcome: 'failed', message: messageOf(error) });
  return error === undefined ? undefined : failed(error);
}

async function removeRecord(input: DestroyInput, session: Session, record: Recorded): Promise<StepResult> {
  const { address } = record;
  const time = input.desk.now;
  input.emit({ kind: 'plan-step-begin', time: time(), address, verb: 'stop', title: `run ${address}` });
  let result: StepResult = { address, verb: 'stop', outcome: 'done' };
  for (const { resource } of runsOf(record)) {
    const wrong = await removeRun(input, session, resource);
    if (!wrong) continue;
    result = wrong;
    break;
  }
  if (result.outcome === 'done') {
    session.update((records) => forgotten(records, address));
    await session.save();
  }
  const outcome = result.outcome === 'done' ? 'done' : 'failed';
  const told = result.message === undefined ? {} : { message: result.message };
  input.emit({ kind: 'plan-step-end', time: time(), address, verb: 'stop', outcome, ...told });
  return result;
}

/** A stack goes as a whole, so one protected run keeps all of it. Throws before anything is done. */
export function refuseProtected(stack: string, records: readonly Recorded[]): void {
  const kept = records.filter(({ resource }) => isProtected(resource)).map(({ address }) => `${stack}/${address}`);
  if (kept.length === 0) return;
  const message = `${kept.join(', ')} ${kept.length === 1 ? 'is' : 'are'} protected. Nothing was removed.`;
  throw fail('destroy/protected', message, 'Set protect: false there, apply that, then destroy.');
}

/** Stops each run, removes it from the target, forgets it. One that cannot be looked up is kept, with exit 6. */
export async function destroy(input: DestroyInput): Promise<DestroyResult> {
  const { stack, target, desk, signal } = input;
  const plan = hashOf({ do: 'destroy', stack, at: desk.now() });
  const session = await Session.open(desk, target, { stack, what: 'destroy', plan, signal });
  try {
    refuseProtected(stack, session.records);
    const steps: StepResult[] = [];
    for (const record of dependantsFirst(session.records)) {
      const { address } = record;
      if (signal.aborted)
        steps.push({ address, verb: 'stop', outcome: 'skipped', message: 'interrupted before it began' });
      else steps.push(await removeRecord(input, session, record));
    }
    return { exit: steps.length === 0 ? exit.done : codeOf(steps, signal.aborted), steps };
  } finally {
    session.close();
  }
}
