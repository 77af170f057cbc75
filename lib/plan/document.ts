/** A saved plan: its bytes, whether they are still those that were written, and whether the plan still holds. */
import { hashOf, type Sha } from '../base/hash.ts';
import { canonical, isObject } from '../base/json.ts';
import { exit, fail, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { State } from '../state/state.ts';
import { type Plan, planFormat } from './step.ts';

/** Mode of the file: a plan tells what runs where, which is not for everybody on a shared machine. */
export const planMode = 0o600;

/** One line of canonical JSON: a plan has one spelling, so that any byte that is changed shows. */
export function planText(plan: Plan): string {
  return `${canonical(plan)}\n`;
}

const again = 'Make it again with sft plan --out.';

const invalid = (message: string, fix = again) => fail('plan/invalid', message, fix);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const major = (version: string) => version.split('.')[0] ?? '';

/** Reads a saved plan. `name`: of the file, for messages. Throws with exit 1 where it is not one that can be applied here. */
export function readPlan(text: string, name: string, here: { readonly tool: string; readonly project: string }): Plan {
  const value = parsed(text);
  if (!isObject(value)) throw invalid(`${name} is no plan, or was cut short.`);
  const { hash, ...body } = value;
  if (typeof hash !== 'string' || typeof body.format !== 'number') throw invalid(`${name} is no plan.`);
  if (body.format !== planFormat || major(String(body.tool)) !== major(here.tool)) {
    const fix = `Apply it with cdksft ${String(body.tool)}, or make it again with this version.`;
    throw invalid(`${name} was made by cdksft ${String(body.tool)}; this is ${here.tool}.`, fix);
  }
  if (hashOf(body) !== hash || `${canonical(value)}\n` !== text)
    throw invalid(`${name} was changed after it was made.`);
  const plan = value as unknown as Plan;
  if (plan.project !== here.project)
    throw invalid(
      `${name} is a plan of project ${plan.project}; this is ${here.project}.`,
      'Apply it in its own project.',
    );
  return plan;
}

export const stale = (message: string): Finding => ({
  id: 'plan/stale',
  severity: 'error',
  where: {},
  message,
  fix: 'Plan again and look at what has changed.',
});

/** Growth of the state by this plan alone is an apply of it that was interrupted, or that is repeated. */
function grownBy(plan: Plan, state: State): boolean {
  const { plan: writer, since } = state.writtenBy;
  const sameHistory = plan.base.lineage === undefined || plan.base.lineage === state.lineage;
  return sameHistory && writer === plan.hash && since === plan.base.serial;
}

function staleState(plan: Plan, state: State | undefined): Finding[] {
  const { lineage, serial } = plan.base;
  if (!state) return serial === 0 ? [] : [stale(`The plan was made from state ${serial}, and there is no state now.`)];
  if (grownBy(plan, state)) return [];
  if (lineage !== undefined && lineage !== state.lineage)
    return [stale('The plan was made from another history of this stack (its lineage is another one).')];
  if (state.serial === serial) return [];
  return [stale(`The plan was made from state ${serial}; it is state ${state.serial} now, after another apply.`)];
}

function staleInputs(plan: Plan, now: Readonly<Record<string, Sha>>): Finding[] {
  return Object.entries(plan.inputs)
    .filter(([name, hash]) => now[name] !== hash)
    .map(([name]) => stale(now[name] === undefined ? `The ${name} is gone.` : `The ${name} has changed.`));
}

/** What the plan rests on and is no longer so, each named. `inputs`: the same names, as they are now. */
export function staleness(plan: Plan, state: State | undefined, inputs?: Readonly<Record<string, Sha>>): Finding[] {
  return [...staleState(plan, state), ...(inputs ? staleInputs(plan, inputs) : [])];
}

/** Throws with exit 5 where `staleness` finds anything. */
export function checkFresh(plan: Plan, state: State | undefined, inputs?: Readonly<Record<string, Sha>>): void {
  const found = staleness(plan, state, inputs);
  if (found.length > 0) throw new UserError(found, exit.stale);
}
