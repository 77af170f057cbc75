/** The entry of `sft`: parses the arguments, runs one command, and turns what is thrown into text and an exit code. */
import type { CommanderError } from 'commander';
import { nearest } from '../base/nearest.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import { buildProgram } from './commands.ts';
import { styleOf } from './context.ts';
import { tellFailure, tellUsage } from './failure.ts';
import { rows } from './rows.ts';
import { listenForSignals, openStreams } from './streams.ts';
import { timingsText } from './timings.ts';

/** Known by its shape: the class is loaded only together with commander. */
function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error && 'exitCode' in error && String((error as { code?: unknown }).code).startsWith('commander.')
  );
}

/** commander would answer with the help of all commands, as if nothing were wrong. */
function checkHelp([first, name = '']: readonly string[]): void {
  const names = rows.filter(({ hidden }) => hidden !== true).map((row) => row.name);
  if (first !== 'help' || name === '' || name.startsWith('-') || [...names, 'help'].includes(name)) return;
  const guess = nearest(name, names);
  const fix = guess ? `Did you mean "${guess}"?` : 'sft help lists the commands.';
  throw fail('usage/arguments', `There is no command "${name}".`, fix, { exit: exit.usage });
}

/** Runs `sft` with the arguments after its name, and resolves to the exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const { out, note, closed } = openStreams();
  const signal = listenForSignals();
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
    checkHelp(argv);
    await program.parseAsync(argv as string[], { from: 'user' });
    if (debug && timingsText() !== '') note(timingsText());
    return code;
  } catch (error) {
    const json = argv.includes('--json');
    if (isCommanderError(error)) return error.exitCode === 0 ? exit.done : tellUsage(error.message, { json, out });
    const at = project === undefined ? {} : { project };
    return tellFailure(error, { ...telling, ...at, json, debug, signal });
  }
}
