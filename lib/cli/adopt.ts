/** `sft adopt RUN [--from FOLDER]`: takes over a run that was started by hand, with its launch.sh. Starts nothing. */
import { resolve } from 'node:path';
import { adopt as adoptRun } from '../apply/adopt.ts';
import { printable } from '../base/printable.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { Found } from '../state/attempt.ts';
import { runsMeant } from './asked.ts';
import { type Context, exitOf } from './context.ts';
import { type DeskOptions, deskOf } from './desk.ts';
import { keepingIgnored } from './ignored.ts';
import { printJson } from './print.ts';
import { loadValidStacks } from './programs.ts';
import { targetOf } from './target.ts';

export interface AdoptOptions extends DeskOptions {
  readonly from?: string;
}

function oneMeant(wanted: string, runs: ReturnType<typeof runsMeant>) {
  const [first, ...others] = runs;
  if (first && others.length === 0) return first;
  const names = runs.map(({ stack, job }) => `${stack}/${job.address}`).join(', ');
  throw fail('run/several', `Several runs are named ${wanted}.`, `Name one of: ${names}.`, { exit: exit.usage });
}

const standing = ({ n, state, cause }: Found) => `attempt ${n}, ${state === 'ended' ? (cause ?? state) : state}`;

export async function adopt(context: Context, [wanted = '']: string[], options: AdoptOptions): Promise<ExitCode> {
  const { project, cwd, signal } = context;
  const { manifests } = await loadValidStacks([], context);
  const { stack, job } = oneMeant(wanted, runsMeant(wanted, manifests));
  const given = manifests.find((one) => one.stack === stack);
  if (!given) throw new Error(`${stack} is a stack`);
  const manifest = await keepingIgnored(given, targetOf(given, project), context);
  const from = options.from === undefined ? undefined : resolve(cwd, options.from);
  const target = targetOf(manifest, project);
  const desk = deskOf(project, options);
  const run = `${stack}/${job.address}`;
  const result = await adoptRun({ manifest, run: job.address, from, target, desk, signal });
  const { outcome, attempts } = result;
  const told = attempts.map(({ n, token, state, cause }) => ({ n, token, state, ...(cause ? { cause } : {}) }));
  const newest = attempts.at(-1);
  if (context.json)
    printJson<'adopt'>(context, {
      format_version: '1.0',
      run,
      outcome,
      ...(from === undefined ? {} : { from }),
      attempts: told,
    });
  else if (outcome === 'unknown') context.note(`${run} could not be looked up: nothing was done. Try again later.`);
  else if (newest)
    context.out(printable(`${run} is ${outcome === 'known' ? 'known already' : 'taken over'}: ${standing(newest)}.`));
  return exitOf(result.exit, signal);
}
