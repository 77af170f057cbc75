/** What a command threw, as text and an exit code. */
import { type ExitCode, exit, UserError } from '../errors.ts';
import { sortFindings } from '../finding-text.ts';
import { type Context, endedBy, Interrupted } from './context.ts';

export type Telling = Pick<Context, 'out' | 'note' | 'style' | 'noteStyle' | 'signal'> &
  Partial<Pick<Context, 'project'>> & { readonly json: boolean; readonly debug: boolean };

function tellBug(error: unknown, { debug, note }: Telling): ExitCode {
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: String(error), stack: '' };
  note(`error: sft itself failed: ${name}: ${message}`);
  note('  This is a bug of sft, not of your stack. Report it with this text, the command, and what --debug adds.');
  if (debug) note(stack ?? '');
  return exit.error;
}

async function tellFindings(error: UserError, telling: Telling): Promise<ExitCode> {
  // Beside an error, advice would only be in the way.
  const grave = error.findings.filter((finding) => finding.severity !== 'note');
  (await import('./tell.ts')).tell(grave, telling);
  if (telling.json)
    telling.out(JSON.stringify({ format_version: '1.0', exit: error.exit, findings: sortFindings(error.findings) }));
  return error.exit;
}

export async function tellFailure(error: unknown, telling: Telling): Promise<ExitCode> {
  if (error instanceof UserError) return tellFindings(error, telling);
  const { signal, note } = telling;
  const by = error instanceof Interrupted ? error.by : signal.aborted ? (signal.reason as Interrupted).by : undefined;
  if (by === undefined) return tellBug(error, telling);
  note(by === 'SIGINT' ? 'Interrupted.' : 'Ended by a signal.');
  return endedBy[by];
}
