/** `sft export DIR`: everything that a run needs to be started by hand elsewhere. */
import { relative, resolve } from 'node:path';
import { quote } from '../base/shell.ts';
import { type ExitCode, exit } from '../errors.ts';
import { exportStack } from '../targets/export.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';
import { loadValidStacks } from './programs.ts';
import { trainer } from './target.ts';

export async function exportTo(context: Context, [directory = '.', ...stacks]: string[]): Promise<ExitCode> {
  const { manifests } = await loadValidStacks(stacks, context);
  context.signal.throwIfAborted();
  const destination = resolve(context.cwd, directory);
  const scripts: string[] = [];
  for (const manifest of manifests)
    scripts.push(...(await exportStack({ manifest, project: context.project, trainer: trainer(), destination })));
  if (context.json) printJson<'export'>(context, { format_version: '1.0', directory: destination, scripts });
  else for (const script of scripts) context.out(`bash ${quote(relative(context.cwd, script).replace(/^-/, './-'))}`);
  return exit.done;
}
