/** `sft status`: how each run that was applied stands. */
import { load } from '../apply/load.ts';
import { status as statusOf } from '../apply/status.ts';
import { type ExitCode, exit } from '../errors.ts';
import type { StackRun } from '../report/documents.ts';
import { statusText } from '../report/status-text.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';
import { type RecordedRun, recordedRuns, stateFolder } from './recorded.ts';
import { recordedTarget } from './target.ts';

/** All runs of one stack are on one target. */
async function stackStatus(stack: string, runs: readonly RecordedRun[], project: string): Promise<StackRun[]> {
  const [first] = runs;
  if (!first) return [];
  const target = recordedTarget(stack, first.record.resource, project);
  const { recovered } = await load(stateFolder(project, stack), target);
  const wanted = new Set(runs.map(({ record }) => record.address));
  const recorded = recovered.recorded.filter(({ address }) => wanted.has(address));
  return (await statusOf(target, recorded)).map((run) => ({ stack, ...run }));
}

export async function status(context: Context, wanted: string[]): Promise<ExitCode> {
  const { project } = context;
  const recorded = await recordedRuns(project, wanted);
  const stacks = [...new Set(recorded.map(({ stack }) => stack))];
  const ofStack = (stack: string) => recorded.filter((run) => run.stack === stack);
  const runs = (await Promise.all(stacks.map((stack) => stackStatus(stack, ofStack(stack), project)))).flat();
  if (context.json) printJson<'status'>(context, { format_version: '1.0', runs });
  else if (runs.length === 0) context.note('Nothing was applied here yet. Run: sft apply');
  else context.out(statusText(runs, context.style));
  return runs.some((run) => run.state === 'unknown') ? exit.unknown : exit.done;
}
