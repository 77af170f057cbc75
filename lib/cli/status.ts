/** `sft status`: how each run that was applied stands. */
import { type ExitCode, exit } from '../errors.ts';
import { type RunStatus, stateWord, statusText } from '../report/status-text.ts';
import type { Context } from './context.ts';
import { type RecordedRun, recordedRuns } from './recorded.ts';
import { recordedTarget } from './target.ts';

export async function statusOf({ stack, record }: RecordedRun, context: Context): Promise<RunStatus> {
  const job = record.resource;
  const base = { stack, address: record.address };
  const target = recordedTarget(stack, job, context.project);
  const found = (await target.find([job])).get(record.address) ?? [];
  if (found === 'unknown') return { ...base, attempt: 'unknown' };
  const attempt = found.at(-1);
  if (!attempt) return base;
  let [lastStep, evaluation]: [RunStatus['lastStep'], RunStatus['evaluation']] = [undefined, undefined];
  for await (const event of target.follow(job, attempt.n, { follow: false, signal: context.signal })) {
    if (event.kind === 'step') lastStep = event;
    if (event.kind === 'evaluate') evaluation = event;
  }
  return { ...base, attempt, ...(lastStep ? { lastStep } : {}), ...(evaluation ? { evaluation } : {}) };
}

export async function status(context: Context, wanted: string[]): Promise<ExitCode> {
  const runs = await Promise.all((await recordedRuns(context.project, wanted)).map((run) => statusOf(run, context)));
  if (context.json)
    context.out(
      JSON.stringify({
        format_version: '1.0',
        runs: runs.map((run) => ({
          stack: run.stack,
          address: run.address,
          state: stateWord(run),
          ...(typeof run.attempt === 'object' ? { attempt: run.attempt } : {}),
          ...(run.lastStep ? { last_step: run.lastStep } : {}),
          ...(run.evaluation ? { evaluation: run.evaluation } : {}),
        })),
      }),
    );
  else if (runs.length === 0) context.note('Nothing was applied here yet. Run: sft apply');
  else context.out(statusText(runs, context.style));
  return runs.some((run) => run.attempt === 'unknown') ? exit.unknown : exit.done;
}
