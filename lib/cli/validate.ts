/** `sft validate`: settings and rules only; everything that is wrong at once. */
import { type ExitCode, exit } from '../errors.ts';
import { sortFindings } from '../finding-text.ts';
import type { Context } from './context.ts';
import { loadStacks } from './programs.ts';
import { tell } from './tell.ts';

export async function validate(context: Context, stacks: string[]): Promise<ExitCode> {
  const { manifests, findings } = await loadStacks(stacks, context);
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  tell(findings, context, context.json ? 'json' : 'result');
  if (context.json) context.out(JSON.stringify({ format_version: '1.0', findings: sortFindings(findings) }));
  else {
    const names = manifests.map((manifest) => manifest.stack).join(', ');
    context.out(errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}.` : `${names}: valid.`);
  }
  return errors > 0 ? exit.invalid : exit.done;
}
