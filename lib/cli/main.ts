/** The entry of `sft`: parses the arguments, runs one command, and turns what is thrown into text and an exit code. */
import type { CommanderError } from 'commander';
import { type ExitCode, exit, UserError } from '../errors.ts';
import { sortFindings } from '../finding-text.ts';
import { buildProgram } from './commands.ts';
import { type Context, Interrupted, styleOf } from './context.ts';
import { rows } from './rows.ts';
import { listenForSignals, openStreams } from './streams.ts';
import { timingsText } from './timings.ts';

/** Known by its shape: the class is loaded only together with commander. */
function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error && 'exitCode' in error && String((error as { code?: unknown }).code).startsWith('commander.')
  );
}

function tellBug(error: unknown, debug: boolean, note: (text: string) => void): ExitCode {
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: String(error), stack: '' };
  note(`error: sft itself failed: ${name}: ${message}`);
  note('  This is a bug of sft, not of your stack. Report it with this text, the command, and what --debug adds.');
  if (debug) note(stack ?? '');
  return exit.error;
}

type Telling = Pick<Context, 'out' | 'note' | 'style' | 'noteStyle'> & Partial<Pick<Context, 'project'>>;

async function tellFindings(error: UserError, json: boolean, telling: Telling): Promise<ExitCode> {
  // Beside an error, advice would only be in the way.
  const grave = error.findings.filter((finding) => finding.severity !== 'note');
  (await import('./tell.ts')).tell(grave, telling);
  if (json)
    telling.out(JSON.stringify({ format_version: '1.0', exit: error.exit, findings: sortFindings(error.findings) }));
  return error.exit;
}

/** commander has said it in words already; a program that reads JSON is told too. */
function tellUsage({ exitCode, message }: CommanderError, json: boolean, out: (text: string) => void): ExitCode {
  if (exitCode === 0) return exit.done;
  const fix = 'See sft help, or the command with --help.';
  const finding = {
    id: 'usage/arguments',
    severity: 'error',
    where: {},
    message: message.replace(/^error: /, ''),
    fix,
  };
  if (json) out(JSON.stringify({ format_version: '1.0', exit: exit.usage, findings: [finding] }));
  return exit.usage;
}

/** Runs `sft` with the arguments after its name, and resolves to the exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const { out, note, closed } = openStreams();
  const signal = listenForSignals(note);
  const telling = { out, note, noteStyle: styleOf(process.stderr), style: styleOf(process.stdout) };
  let project: string | undefined;
  const debug = argv.includes('--debug');
  let code: ExitCode = exit.done;
  const program = buildProgram(
    { ...telling, signal, closed },
    {
      opened: (context) => {
        project = context.project;
      },
      done: (result) => {
        code = result;
      },
    },
    rows,
  );
  try {
    await program.parseAsync(argv as string[], { from: 'user' });
    if (debug && timingsText() !== '') note(timingsText());
    return code;
  } catch (error) {
    if (error instanceof UserError)
      return tellFindings(error, argv.includes('--json'), {
        ...telling,
        ...(project === undefined ? {} : { project }),
      });
    if (isCommanderError(error)) return tellUsage(error, argv.includes('--json'), out);
    const by = error instanceof Interrupted ? error.by : signal.aborted ? (signal.reason as Interrupted).by : undefined;
    if (by === undefined) return tellBug(error, debug, note);
    note(by === 'SIGINT' ? 'Interrupted.' : 'Ended by a signal.');
    return by === 'SIGINT' ? exit.interrupted : exit.terminated;
  }
}
