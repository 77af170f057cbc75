/** A saved plan's file: whole, and for its owner alone. */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../errors.ts';
import { planMode, planText, readPlan } from '../plan/document.ts';
import type { Plan } from '../plan/step.ts';
import { codeOf, writing } from '../state/disk.ts';

export function writePlanFile(path: string, plan: Plan): void {
  const beside = join(dirname(path), `.${randomUUID()}.tmp`);
  writing(path, () => {
    try {
      const handle = openSync(beside, 'wx', planMode);
      try {
        writeFileSync(handle, planText(plan));
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      renameSync(beside, path);
    } finally {
      rmSync(beside, { force: true });
    }
  });
}

export function readPlanFile(path: string, here: { readonly tool: string; readonly project: string }): Plan {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (caught) {
    const code = codeOf(caught);
    if (code === undefined) throw caught;
    const message = code === 'ENOENT' ? `There is no plan ${path}.` : `The plan ${path} could not be read (${code}).`;
    throw fail('plan/unreadable', message, 'Make one with sft plan --out.', { where: { path } });
  }
  return readPlan(text, path, here);
}
