/** `sft apply`: does what a plan says, after it was confirmed. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { apply as applyPlan } from '../apply/apply.ts';
import type { ApplyResult } from '../apply/result.ts';
import { printable } from '../base/printable.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import { jobsOf } from '../plan/match.ts';
import { hasChanges, type Plan } from '../plan/step.ts';
import { isProgram } from '../program/sources.ts';
import type { Target } from '../targets/target.ts';
import { confirm } from './ask.ts';
import { checkRefreshOnly, replaceOf, targeted } from './asked.ts';
import { type Context, exitOf } from './context.ts';
import { type DeskOptions, deskOf } from './desk.ts';
import { openDisplay } from './display.ts';
import { showPlans } from './plan.ts';
import { inputsNow, planStacks, refuseErrors, requirePins } from './planning.ts';
import { printJson } from './print.ts';
import { loadValidStacks } from './programs.ts';
import { loadPlan } from './show.ts';
import { targetOf } from './target.ts';
import { tell } from './tell.ts';
import { waitForRuns } from './wait.ts';

export interface ApplyOptions extends DeskOptions {
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly refreshOnly?: boolean;
  readonly replace?: readonly string[];
  readonly allowMove?: boolean;
  readonly target?: readonly string[];
  /** Show how files differ from those applied. */
  readonly files?: boolean;
  readonly requirePins?: boolean;
}

export interface CarryOptions extends DeskOptions {
  /** Follow the runs to their end. */
  readonly wait?: boolean;
  /** Steps side by side, as it was typed. */
  readonly parallelism?: string;
}

const withoutTerminal =
  'Look at the plan, then give --yes, or save it (sft plan --out FILE) and apply that (sft apply FILE).';

export interface Ready {
  readonly plan: Plan;
  readonly target: Target;
  /** Of a saved plan: what it rests on, as it is now. */
  readonly inputs?: Readonly<Record<string, string>>;
}

function isPlanFile(argument: string, context: Context): boolean {
  if (isProgram.test(argument)) return false;
  return statSync(resolve(context.cwd, argument), { throwIfNoEntry: false })?.isFile() === true;
}

async function saved(file: string, context: Context, options: ApplyOptions): Promise<Ready[]> {
  const [key] = Object.keys(context.values);
  if (key !== undefined)
    throw fail(
      'context/saved-plan',
      `A saved plan is applied as it is: no program asks for ${key}.`,
      'Give -c to sft plan --out.',
      { exit: exit.usage },
    );
  const given = (['replace', 'target', 'refreshOnly', 'files'] as const).find((name) => options[name] !== undefined);
  if (given !== undefined) {
    const flag = given === 'refreshOnly' ? 'refresh-only' : given;
    throw fail(
      'usage/arguments',
      `A saved plan is applied as it is: --${flag} has no part in it.`,
      'Give it to sft plan --out, or look with sft show.',
      {
        exit: exit.usage,
      },
    );
  }
  const plan = loadPlan(file, context);
  if (options.requirePins) requirePins([plan.manifest], context.project);
  const target = targetOf(plan.manifest, context.project);
  return [{ plan, target, inputs: await inputsNow(plan.manifest, context.project) }];
}

async function planned(stacks: readonly string[], context: Context, options: ApplyOptions): Promise<Ready[]> {
  const { manifests } = await loadValidStacks(stacks, context);
  const refreshOnly = checkRefreshOnly(options);
  const { chosen, ...rest } = targeted(options.target, manifests);
  if (options.requirePins) requirePins(chosen, context.project);
  const targets = chosen.map((manifest) => targetOf(manifest, context.project));
  const asked = replaceOf(options.replace ?? [], manifests);
  const wishes = { asked, refreshOnly, allowMove: options.allowMove, ...rest };
  const plans = await planStacks(chosen, context, { refresh: true, ...wishes });
  await showPlans(
    plans.map(({ plan }) => plan),
    context,
    { files: options.files, line: true },
  );
  refuseErrors(plans);
  return plans.map(({ plan, target }, index) => ({ plan, target: target ?? (targets[index] as Target) }));
}

/** What failed, in the words of its findings where it has some. */
function tellFailures({ steps }: ApplyResult, context: Context): void {
  for (const step of steps) {
    if (step.outcome === 'done') continue;
    if (context.json) printJson<'events'>(context, { type: 'diagnostic', ...step });
    if (step.findings && step.findings.length > 0) tell(step.findings, context);
    else context.note(printable(`${step.address}: ${step.outcome}${step.message ? `, ${step.message}` : ''}`));
  }
}

function tellStarted({ steps }: ApplyResult, stack: string, wait: boolean, context: Context): void {
  for (const { address, attempt, outcome } of steps)
    if (attempt !== undefined && outcome === 'done' && !wait)
      context.note(`Attempt ${attempt} of ${address} runs on its own. Follow it: sft logs -f ${stack}/${address}`);
}

function parallelismOf({ parallelism }: CarryOptions): { readonly parallelism?: number } {
  if (parallelism === undefined) return {};
  if (/^[1-9]\d{0,2}$/.test(parallelism)) return { parallelism: Number(parallelism) };
  throw fail('usage/arguments', `--parallelism ${parallelism} is no number of steps.`, 'Give 1 to 999.', {
    exit: exit.usage,
  });
}

async function carryOut(one: Ready, context: Context, { wait = false, ...options }: CarryOptions): Promise<ExitCode> {
  const desk = deskOf(context.project, options);
  const display = await openDisplay(context);
  let result: ApplyResult;
  try {
    result = await applyPlan({
      ...one,
      ...parallelismOf(options),
      desk,
      emit: (event) => display.emit(event),
      signal: context.signal,
    });
  } finally {
    await display.close();
  }
  tellFailures(result, context);
  tellStarted(result, one.plan.stack, wait, context);
  const done = result.steps.filter((step) => step.outcome === 'done').length;
  const { interrupted } = result;
  const code = exitOf(result.exit, context.signal);
  if (context.json) printJson<'events'>(context, { type: 'change_summary', stack: one.plan.stack, done, exit: code });
  else if (result.steps.length > 0) context.note(`${one.plan.stack}: ${done} of ${result.steps.length} steps done.`);
  if (interrupted)
    context.note('Interrupted: nothing new was started; what was done is recorded. Apply again to go on.');
  return code;
}

/** Carries plans out, one stack after the other, and follows their runs where that is asked for. */
export async function applyReady(ready: readonly Ready[], context: Context, options: CarryOptions): Promise<ExitCode> {
  let worst: ExitCode = exit.done;
  for (const one of ready) {
    const code = await carryOut(one, context, options);
    if (code !== exit.done) worst = code;
    // A signal as the last step of a stack ended: of that one all is done, of the others nothing.
    if (context.signal.aborted && worst === exit.done && (one !== ready.at(-1) || options.wait === true))
      context.signal.throwIfAborted();
    if (context.signal.aborted) return worst;
  }
  if (options.wait !== true || worst !== exit.done) return worst;
  const runs = ready.flatMap(({ plan, target }) =>
    jobsOf(plan.manifest)
      // A plan of one run says nothing of the others.
      .filter((job) => plan.steps.some((step) => step.address === job.address))
      .map((job) => ({ stack: plan.stack, job, target })),
  );
  return waitForRuns(runs, context);
}

export async function apply(context: Context, wanted: string[], options: ApplyOptions): Promise<ExitCode> {
  parallelismOf(options);
  const [first = '', ...others] = wanted;
  const isSaved = first !== '' && others.length === 0 && isPlanFile(first, context);
  const ready = isSaved ? await saved(first, context, options) : await planned(wanted, context, options);
  const ask = !isSaved && options.yes !== true && ready.some(({ plan }) => hasChanges(plan));
  if (ask && !(await confirm('Apply this?', context, withoutTerminal))) {
    context.note('Nothing was done.');
    return exit.error;
  }
  return applyReady(ready, context, options);
}
