/** What a command threw, as text and an exit code. */
import { type ExitCode, exit, fail, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { sortFindings } from '../finding-text.ts';
import { type Context, endedBy, Interrupted } from './context.ts';
import { printJson } from './print.ts';

export type Telling = Pick<Context, 'out' | 'note' | 'style' | 'noteStyle' | 'signal'> &
  Partial<Pick<Context, 'project'>> & { readonly json: boolean; readonly debug: boolean };

/** With --json: a program that reads stdout is told why there is nothing more. */
function print(code: ExitCode, findings: readonly Finding[], telling: Pick<Telling, 'out' | 'json'>): ExitCode {
  if (telling.json)
    printJson<'failure'>(telling, { format_version: '1.0', exit: code, findings: sortFindings(findings) });
  return code;
}

/** What commander has told in words already. */
export function tellUsage(message: string, telling: Pick<Telling, 'out' | 'json'>): ExitCode {
  const fix = 'See sft help, or the command with --help.';
  const finding = fail('usage/arguments', message.replace(/^error: /, ''), fix).findings;
  return print(exit.usage, finding, telling);
}

function tellBug(error: unknown, telling: Telling): ExitCode {
  const { debug, note } = telling;
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: String(error), stack: '' };
  const what = `sft itself failed: ${name}: ${message}`;
  const fix = 'This is a bug of sft, not of your stack. Report it with this text, the command, and what --debug adds.';
  note(`error: ${what}`);
  note(`  ${fix}`);
  if (debug) note(stack ?? '');
  return print(exit.error, fail('sft/failed', what, fix).findings, telling);
}

async function tellFindings(error: UserError, telling: Telling): Promise<ExitCode> {
  // Beside an error, advice would only be in the way.
  const grave = error.findings.filter((finding) => finding.severity !== 'note');
  (await import('./tell.ts')).tell(grave, telling);
  return print(error.exit, error.findings, telling);
}

export async function tellFailure(error: unknown, telling: Telling): Promise<ExitCode> {
  if (error instanceof UserError) return tellFindings(error, telling);
  const { signal, note } = telling;
  const by = error instanceof Interrupted ? error.by : signal.aborted ? (signal.reason as Interrupted).by : undefined;
  if (by === undefined) return tellBug(error, telling);
  note(by === 'SIGINT' ? 'Interrupted.' : 'Ended by a signal.');
  return print(endedBy[by], [], telling);
}
