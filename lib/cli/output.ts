/** `sft output RUN`: where the results lie, and the lines that load them. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isObject } from '../base/json.ts';
import { printable } from '../base/printable.ts';
import { bytesText } from '../base/quantity.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { Result } from '../report/documents.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';
import { nameOf, oneRun } from './recorded.ts';
import { recordedTarget } from './target.ts';

/** Undefined where there is no whole result. */
function readResult(folder: string): Result | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'));
    if (!isObject(value) || !Array.isArray(value.files)) return undefined;
    // Its format is that of the file; a program is told ours.
    const { format: _, ...result } = value;
    return { folder, ...(result as unknown as Omit<Result, 'folder'>) };
  } catch {
    return undefined;
  }
}

/** An adapter names its base model, so that one class loads both. */
function loadingLine(kind: Result['kind'], folder: string): string {
  const name = kind === 'adapter' ? 'AutoPeftModelForCausalLM' : 'AutoModelForCausalLM';
  return `from ${kind === 'adapter' ? 'peft' : 'transformers'} import ${name}; model = ${name}.from_pretrained(${JSON.stringify(folder)})`;
}

export async function output(context: Context, wanted: string[]): Promise<ExitCode> {
  const run = await oneRun(context.project, wanted[0]);
  const { result: folder, checkpoints } = await recordedTarget(run.stack, run.record.resource, context.project).paths(
    run.record.resource,
  );
  const result = readResult(folder);
  if (context.json) {
    printJson<'output'>(context, {
      format_version: '1.0',
      run: nameOf(run),
      checkpoints,
      ...(result ? { result } : {}),
    });
    return result ? exit.done : exit.error;
  }
  const show = (path: string) => relative(context.cwd, path) || '.';
  for (const { step, path, bytes } of checkpoints)
    context.out(`checkpoint  step ${step}  ${bytesText(bytes)}  ${show(path)}`);
  if (!result) throw fail('run/no-result', `${nameOf(run)} has no result yet.`, 'See how it stands: sft status.');
  context.out(`${result.kind.padEnd(10)}  ${show(folder)}`);
  for (const file of result.files)
    context.out(`  ${file.sha256}  ${bytesText(file.bytes).padStart(10)}  ${printable(file.path)}`);
  context.out(`\n${loadingLine(result.kind, show(folder))}`);
  return exit.done;
}
