/** `sft cancel RUN`: stops a run at a checkpoint; it can be resumed. */
import { cancel as cancelRun } from '../apply/cancel.ts';
import { printable } from '../base/printable.ts';
import { type ExitCode, exit } from '../errors.ts';
import { confirm } from './ask.ts';
import { type Context, exitOf } from './context.ts';
import { type DeskOptions, deskOf } from './desk.ts';
import { printJson } from './print.ts';
import { oneRun } from './recorded.ts';
import { recordedTarget } from './target.ts';

export interface CancelOptions extends DeskOptions {
  readonly yes?: boolean;
  /** commander's name for `--no-save`. */
  readonly save: boolean;
}

export async function cancel(context: Context, [wanted]: string[], options: CancelOptions): Promise<ExitCode> {
  const [name, identity] = wanted?.split('@') ?? [];
  const { stack, record } = await oneRun(context.project, name);
  const run = identity === undefined ? record.address : `${record.address}@${identity}`;
  const question = `Stop ${stack}/${run}${options.save ? '' : ' without a checkpoint'}?`;
  if (options.yes !== true && !(await confirm(question, context, 'Give --yes.'))) {
    context.note('Nothing was done.');
    return exit.error;
  }
  context.note(`Stopping ${stack}/${run}${options.save ? ' at a checkpoint' : ''} ...`);
  const result = await cancelRun({
    stack,
    run,
    save: options.save,
    target: recordedTarget(stack, record.resource, context.project),
    desk: deskOf(context.project, options),
    signal: context.signal,
  });
  const { outcome, message } = result;
  const full = `${stack}/${run}`;
  if (context.json)
    printJson<'cancel'>(context, { format_version: '1.0', run: full, outcome, ...(message ? { message } : {}) });
  else if (outcome === 'cancelled')
    context.out(`${full} is stopped. Go on from its checkpoint: sft resume ${stack}/${record.address}`);
  else if (outcome === 'not-running') context.out(`${full} does not run (${message}): nothing was done.`);
  else if (outcome === 'unknown') context.note(`${full} could not be looked up: nothing was done. Try again later.`);
  else context.note(printable(`${full} could not be stopped: ${message ?? 'unknown'}`));
  return exitOf(result.exit, context.signal);
}
