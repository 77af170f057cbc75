/** `sft show FILE`: prints a saved plan again. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ExitCode, exit, fail } from '../errors.ts';
import { readPlan } from '../plan/document.ts';
import type { Plan } from '../plan/step.ts';
import type { Context } from './context.ts';
import { showPlans } from './plan.ts';
import { projectName, toolVersion } from './tool.ts';

export function loadPlan(file: string, context: Context): Plan {
  let text: string;
  try {
    text = readFileSync(resolve(context.cwd, file), 'utf8');
  } catch (caught) {
    const code = String((caught as { code?: unknown }).code);
    throw fail('plan/unreadable', `The plan ${file} cannot be read (${code}).`, 'Correct the path.', {
      exit: exit.usage,
    });
  }
  return readPlan(text, file, { tool: toolVersion(), project: projectName(context.project) });
}

export async function show(context: Context, [file = '']: string[]): Promise<ExitCode> {
  showPlans([loadPlan(file, context)], context);
  return exit.done;
}
