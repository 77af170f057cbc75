/** Follows runs to their end, and tells steps, losses and checkpoints on the way. */
import type { TrainerEvent } from '../base/events.ts';
import { printable } from '../base/printable.ts';
import { type ExitCode, exit } from '../errors.ts';
import type { Job } from '../manifest.ts';
import { eventText } from '../report/event-text.ts';
import type { Found } from '../state/attempt.ts';
import type { Target } from '../targets/target.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';

export interface Waited {
  readonly stack: string;
  readonly job: Job;
  readonly target: Target;
}

async function newest({ job, target }: Waited): Promise<Found | 'unknown' | undefined> {
  const found = (await target.find([job])).get(job.address) ?? 'unknown';
  return found === 'unknown' ? 'unknown' : found.at(-1);
}

function tell(context: Context, name: string, stack: string, job: Job, event: TrainerEvent): void {
  if (context.json) {
    printJson<'events'>(context, { type: 'run_event', stack, address: job.address, ...event });
    return;
  }
  const line = eventText(event);
  if (line !== undefined) context.out(`${name}${line}`);
}

function codeOf(context: Context, name: string, end: Found | 'unknown' | undefined): ExitCode {
  if (end === undefined) return exit.done;
  if (end === 'unknown') {
    context.note(`${name}: how it ended is not known; the target did not answer.`);
    return exit.unknown;
  }
  if (end.state === 'ended' && end.cause === 'done') return exit.done;
  const why =
    end.state === 'lost' ? 'lost: its supervisor is gone' : [end.cause, end.message].filter(Boolean).join(': ');
  context.note(`${name} failed at step ${end.step}: ${printable(why)}`);
  if (end.checkpoint > 0)
    context.note(`  Its newest checkpoint is of step ${end.checkpoint}. Go on from it: sft resume ${name}`);
  return exit.runFailed;
}

/** The supervisor may start a further attempt after one that failed: that is followed too. */
async function waitForOne(run: Waited, prefix: string, context: Context): Promise<ExitCode> {
  const { stack, job, target } = run;
  const name = `${stack}/${job.address}`;
  let attempt = await newest(run);
  for (let last = 0; attempt !== undefined && attempt !== 'unknown' && attempt.n > last; attempt = await newest(run)) {
    last = attempt.n;
    if (attempt.state !== 'running' && attempt.state !== 'queued') break;
    const signal = AbortSignal.any([context.signal, context.closed]);
    for await (const event of target.follow(job, attempt.n, { follow: true, signal }))
      tell(context, prefix, stack, job, event);
    context.signal.throwIfAborted();
    // Nobody reads any more: what the run does next is for sft status.
    if (context.closed.aborted) return exit.done;
  }
  return codeOf(context, name, attempt);
}

/** Exit 0 where all are done, 7 where one failed, 6 where one could not be told. */
export async function waitForRuns(runs: readonly Waited[], context: Context): Promise<ExitCode> {
  try {
    const codes = await Promise.all(
      runs.map((run) => waitForOne(run, runs.length > 1 ? `${run.stack}/${run.job.address}: ` : '', context)),
    );
    return codes.find((code) => code === exit.runFailed) ?? codes.find((code) => code !== exit.done) ?? exit.done;
  } catch (caught) {
    if (context.signal.aborted)
      for (const { stack, job } of runs)
        context.note(`The run goes on. Follow it again: sft logs -f ${stack}/${job.address}`);
    throw caught;
  }
}
