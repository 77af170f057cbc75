/** `sft show FILE`: prints a saved plan again. */
import { resolve } from 'node:path';
import { readPlanFile } from '../apply/plan-file.ts';
import { type ExitCode, exit } from '../errors.ts';
import type { Plan } from '../plan/step.ts';
import type { Context } from './context.ts';
import { showPlans } from './plan.ts';
import { projectName, toolVersion } from './tool.ts';

export function loadPlan(file: string, { cwd, project }: Context): Plan {
  return readPlanFile(resolve(cwd, file), { tool: toolVersion(), project: projectName(project) });
}

export async function show(
  context: Context,
  [file = '']: string[],
  options: { readonly files?: boolean },
): Promise<ExitCode> {
  await showPlans([loadPlan(file, context)], context, options);
  return exit.done;
}
