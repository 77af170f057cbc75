/** `sft plan`: what apply would do. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type ExitCode, exit, fail } from '../errors.ts';
import { findingsText } from '../finding-text.ts';
import { planMode, planText as savedText } from '../plan/document.ts';
import { resourceChanges } from '../plan/resource-changes.ts';
import { hasChanges, type Plan } from '../plan/step.ts';
import { planText } from '../report/plan-text.ts';
import { diskError } from '../synth/write.ts';
import { replaceOf } from './asked.ts';
import type { Context } from './context.ts';
import { planStacks } from './planning.ts';
import { loadValidStacks } from './programs.ts';
import { toolVersion } from './tool.ts';

export interface PlanOptions {
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  /** commander's name for `--no-refresh`. */
  readonly refresh: boolean;
  readonly replace?: readonly string[];
}

/** Beside and renamed, so that a plan file is whole or not there. */
function save(plan: Plan, path: string): void {
  const beside = join(dirname(path), `.${process.pid}.sft-plan.tmp`);
  try {
    writeFileSync(beside, savedText(plan), { mode: planMode, flag: 'wx', flush: true });
    renameSync(beside, path);
  } catch (caught) {
    rmSync(beside, { force: true });
    throw diskError(caught, path);
  }
}

/** Plans on stdout, and what is to be known beside them after each. */
export function showPlans(plans: readonly Plan[], context: Context): void {
  if (context.json) context.out(JSON.stringify(resourceChanges(toolVersion(), plans)));
  else
    for (const plan of plans) {
      context.out(`${planText(plan, context.style)}\n`);
      if (plan.findings.length > 0) context.out(`${findingsText(plan.findings, context.style)}\n`);
    }
}

export async function plan(context: Context, stacks: string[], options: PlanOptions): Promise<ExitCode> {
  const { manifests } = await loadValidStacks(stacks, context);
  const [first, ...others] = manifests;
  if (options.out !== undefined && others.length > 0)
    throw fail('plan/several', 'A saved plan holds one stack, and several are meant.', 'Name one stack.', {
      exit: exit.usage,
    });
  const asked = replaceOf(options.replace ?? [], manifests);
  const planned = (await planStacks(manifests, context, { refresh: options.refresh, asked })).map((one) => one.plan);
  if (options.out !== undefined && planned[0] && first) save(planned[0], resolve(context.cwd, options.out));
  showPlans(planned, context);
  if (options.out !== undefined) context.note(`Saved. Apply exactly this plan: sft apply ${options.out}`);
  if (planned.some((one) => one.findings.some((finding) => finding.severity === 'error'))) return exit.error;
  return options.detailedExitcode && planned.some(hasChanges) ? exit.changes : exit.done;
}
