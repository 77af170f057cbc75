/** `sft destroy [stack...]`: stops runs, removes them from the target and forgets them; results stay unless named. */
import { destroy as destroyStack, refuseProtected } from '../apply/destroy.ts';
import { restingOn } from '../apply/lies-on.ts';
import { printable } from '../base/printable.ts';
import { type ExitCode, exit } from '../errors.ts';
import { confirm } from './ask.ts';
import { type Context, exitOf } from './context.ts';
import { type DeskOptions, deskOf } from './desk.ts';
import { openDisplay } from './display.ts';
import { printJson } from './print.ts';
import { nameOf, type RecordedRun, recordedRuns } from './recorded.ts';
import { recordedTarget } from './target.ts';

export interface DestroyOptions extends DeskOptions {
  readonly yes?: boolean;
  readonly results?: readonly string[];
}

async function destroyOne(
  stack: string,
  runs: readonly RecordedRun[],
  results: readonly string[],
  context: Context,
  options: DeskOptions,
): Promise<ExitCode> {
  const [first] = runs;
  if (!first) return exit.done;
  const display = await openDisplay(context);
  try {
    const result = await destroyStack({
      stack,
      target: recordedTarget(stack, first.record.resource, context.project),
      desk: deskOf(context.project, options),
      signal: context.signal,
      emit: (event) => display.emit(event),
      results,
    });
    for (const step of result.steps)
      if (step.outcome !== 'done') context.note(printable(`${step.address}: ${step.outcome}: ${step.message ?? ''}`));
    const code = exitOf(result.exit, context.signal);
    if (context.json) printJson<'events'>(context, { type: 'change_summary', stack, exit: code });
    return code;
  } finally {
    await display.close();
  }
}

function fateOf(run: RecordedRun, all: readonly RecordedRun[], withResults: ReadonlySet<string>): string {
  if (!withResults.has(nameOf(run))) return 'its results and checkpoints stay';
  const own = all.filter(({ stack }) => stack === run.stack).map(({ record }) => record);
  const left = restingOn(run.record.address, own).filter((address) => !withResults.has(`${run.stack}/${address}`));
  const lost = left.length === 0 ? '' : `; the adapter of ${left.join(', ')}, which stays, does not load without them`;
  return `with its results and checkpoints${lost}`;
}

export async function destroy(context: Context, stacks: string[], options: DestroyOptions): Promise<ExitCode> {
  const runs = await recordedRuns(context.project, stacks);
  if (runs.length === 0) {
    context.note('Nothing was applied here: nothing to remove.');
    return exit.done;
  }
  const named = await recordedRuns(context.project, options.results ?? []);
  const withResults = new Set(options.results ? named.map(nameOf) : []);
  // A stack goes as a whole: its other runs would be left in a state that no plan made.
  const names = [...new Set(runs.map(({ stack }) => stack))];
  const all = (await recordedRuns(context.project, [])).filter(({ stack }) => names.includes(stack));
  for (const stack of names)
    refuseProtected(
      stack,
      all.filter((run) => run.stack === stack).map(({ record }) => record),
    );
  for (const run of all) context.note(`- ${nameOf(run)}  ${fateOf(run, all, withResults)}`);
  if (options.yes !== true && !(await confirm('Stop and forget these runs?', context, 'Give --yes.'))) {
    context.note('Nothing was done.');
    return exit.error;
  }
  let worst: ExitCode = exit.done;
  for (const stack of names) {
    const own = all.filter((run) => run.stack === stack);
    const results = own.filter((run) => withResults.has(nameOf(run))).map(({ record }) => record.address);
    const code = await destroyOne(stack, own, results, context, options);
    if (code !== exit.done) worst = code;
  }
  return worst;
}
