/** `sft plan`: what apply would do. */
import { resolve } from 'node:path';
import { writePlanFile } from '../apply/plan-file.ts';
import { printable } from '../base/printable.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import { resourceChanges } from '../plan/resource-changes.ts';
import { hasChanges, type Plan } from '../plan/step.ts';
import { planText } from '../report/plan-text.ts';
import { checkRefreshOnly, replaceOf, targeted } from './asked.ts';
import type { Context } from './context.ts';
import { planStacks, requirePins } from './planning.ts';
import { printJson } from './print.ts';
import { loadValidStacks } from './programs.ts';
import { tell } from './tell.ts';
import { timedNow } from './timings.ts';
import { toolVersion } from './tool.ts';

export interface PlanOptions {
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  /** commander's name for `--no-refresh`. */
  readonly refresh: boolean;
  readonly refreshOnly?: boolean;
  readonly replace?: readonly string[];
  readonly allowMove?: boolean;
  readonly target?: readonly string[];
  readonly requirePins?: boolean;
  /** Show how files differ from those applied. */
  readonly files?: boolean;
}

export interface Showing {
  /** Show how files differ from those applied. */
  readonly files?: boolean | undefined;
  /** With --json: one line among those of an apply. */
  readonly line?: boolean;
}

/** Plans on stdout, and what is to be known beside them after each. */
export async function showPlans(
  plans: readonly Plan[],
  context: Context,
  { files = false, line = false }: Showing = {},
): Promise<void> {
  timedNow('print', () => show(plans, context, line));
  if (!files || context.json) return;
  const { fileDiffs } = await import('../report/file-diffs.ts');
  for (const plan of plans) context.out(printable(fileDiffs(plan)).trimEnd() || `No file of ${plan.stack} changes.`);
}

function show(plans: readonly Plan[], context: Context, line: boolean): void {
  if (context.json) {
    const document = resourceChanges(toolVersion(), plans);
    if (line) printJson<'events'>(context, { type: 'plan', plan: document });
    else printJson<'plan'>(context, document);
  }
  for (const plan of plans) {
    if (!context.json) context.out(`${planText(plan, context.style)}\n`);
    tell(plan.findings, context, context.json ? 'json' : 'result');
  }
}

export async function plan(context: Context, stacks: string[], options: PlanOptions): Promise<ExitCode> {
  const { manifests } = await loadValidStacks(stacks, context);
  const refreshOnly = checkRefreshOnly(options);
  const { chosen, ...rest } = targeted(options.target, manifests);
  if (options.requirePins) requirePins(chosen, context.project);
  const [first, ...others] = chosen;
  if (options.out !== undefined && others.length > 0)
    throw fail('plan/several', 'A saved plan holds one stack, and several are meant.', 'Name one stack.', {
      exit: exit.usage,
    });
  const asked = replaceOf(options.replace ?? [], manifests);
  const { refresh, allowMove } = options;
  const wishes = { refresh, refreshOnly, asked, allowMove, ...rest };
  const planned = (await planStacks(chosen, context, wishes)).map((one) => one.plan);
  const { out } = options;
  const [saved] = planned;
  if (out !== undefined && saved && first) timedNow('save', () => writePlanFile(resolve(context.cwd, out), saved));
  await showPlans(planned, context, options);
  if (out !== undefined) context.note(`Saved. Apply exactly this plan: sft apply ${out}`);
  if (planned.some((one) => one.findings.some((finding) => finding.severity === 'error'))) return exit.error;
  return options.detailedExitcode && planned.some(hasChanges) ? exit.changes : exit.done;
}
