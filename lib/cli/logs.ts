/** `sft logs [RUN] [-f]`: what a run's newest attempt told. */
import { type ExitCode, exit, fail } from '../errors.ts';
import { eventText } from '../report/event-text.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';
import { nameOf, oneRun } from './recorded.ts';
import { recordedTarget } from './target.ts';

/** Number of the newest attempt; throws where there is none, or the target did not answer. */
export async function newestAttempt(
  target: ReturnType<typeof recordedTarget>,
  run: Awaited<ReturnType<typeof oneRun>>,
) {
  const found = (await target.find([run.record.resource])).get(run.record.address) ?? [];
  if (found === 'unknown')
    throw fail('run/look-up', `${nameOf(run)} could not be looked up.`, 'Try again in a few minutes.', {
      exit: exit.unknown,
    });
  const newest = found.at(-1);
  if (!newest) throw fail('run/not-started', `${nameOf(run)} was not started yet.`, 'Start it: sft apply.');
  return newest;
}

export async function logs(context: Context, wanted: string[], options: { follow?: boolean }): Promise<ExitCode> {
  const run = await oneRun(context.project, wanted[0]);
  const target = recordedTarget(run.stack, run.record.resource, context.project);
  const { n } = await newestAttempt(target, run);
  const signal = AbortSignal.any([context.signal, context.closed]);
  for await (const event of target.follow(run.record.resource, n, { follow: options.follow === true, signal })) {
    if (context.json) printJson<'events'>(context, event);
    else {
      const line = eventText(event);
      if (line !== undefined) context.out(line);
    }
  }
  context.signal.throwIfAborted();
  return exit.done;
}
