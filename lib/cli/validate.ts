/** `sft validate`: settings and rules only; everything that is wrong at once. */
import { type ExitCode, exit } from '../errors.ts';
import { sortFindings } from '../finding-text.ts';
import type { Context } from './context.ts';
import { printJson } from './print.ts';
import { loadStacks } from './programs.ts';
import { tell } from './tell.ts';

export async function validate(
  context: Context,
  stacks: string[],
  options: { readonly twice?: boolean } = {},
): Promise<ExitCode> {
  const { manifests, findings: once } = await loadStacks(stacks, context);
  // Of a program that is wrong there is nothing to compare.
  const again = options.twice === true && !once.some(({ severity }) => severity === 'error');
  const differing = again ? await (await import('./twice.ts')).disagreements(manifests, stacks, context) : [];
  const rows = manifests.length > 0 ? await (await import('./evidence.ts')).rowFindings(manifests, context) : [];
  const findings = [...once, ...differing, ...rows];
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  tell(findings, context, context.json ? 'json' : 'result');
  if (context.json) printJson<'validate'>(context, { format_version: '1.0', findings: sortFindings(findings) });
  else {
    const names = manifests.map((manifest) => manifest.stack).join(', ');
    context.out(
      errors > 0
        ? `${errors} ${errors === 1 ? 'error' : 'errors'}.`
        : `${names}: valid${again ? ', and the same twice' : ''}.`,
    );
  }
  return errors > 0 ? exit.invalid : exit.done;
}
