/** What the command line looks like. Each command is loaded when it is run. */
import { Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../errors.ts';
import type { SchemaName } from '../report/documents.ts';
import type { Context } from './context.ts';
import { contextOf, type Fixed, refusePlugAndPlay } from './opened.ts';
import { toolVersionText } from './tool.ts';

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('Give seconds above 0, at most 86400.');
  return value;
}

/** `-c KEY=VALUE`, as often as it is given; the last one of a key counts. */
function contextValue(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Write KEY=VALUE.');
  return { ...before, [key]: value };
}

type Run = (
  context: Context,
  positional: string[],
  options: Record<string, unknown>,
  program: Command,
) => Promise<ExitCode>;

/** One row of the command line. */
export interface Row {
  readonly name: string;
  readonly parameters: string;
  readonly summary: string;
  readonly example: string;
  /** What it prints under --json; absent: nothing of its own. */
  readonly json?: readonly SchemaName[];
  readonly options?: readonly (readonly [flags: string, text: string])[];
  /** Not for people: left out of help and completion. */
  readonly hidden?: boolean;
  readonly run: Run;
}

/** Told while a command runs. */
export interface Hooks {
  /** Where it runs is known. */
  readonly opened: (context: Context) => void;
  readonly done: (code: ExitCode) => void;
}

/** Where the second column would be a stump, what is said of a term goes below it. */
function formatItem(term: string, width: number, text: string, help: Help): string {
  const columns = help.helpWidth ?? 80;
  if (text === '' || columns - width >= 34) return Help.prototype.formatItem.call(help, term, width, text, help);
  return `  ${term}\n${help.boxWrap(text, Math.max(20, columns - 6)).replace(/^/gm, '      ')}`;
}

function add(program: Command, row: Row, fixed: Fixed, { opened, done }: Hooks): void {
  const { hidden = false } = row;
  const command = program.command(`${row.name} ${row.parameters}`.trim(), { hidden }).description(row.summary);
  for (const [flags, text] of row.options ?? []) command.option(flags, text);
  const schemas = row.json?.map((name) => `\n  $ sft schema ${name}`).join('');
  command.addHelpText('after', `\nExample:\n  $ ${row.example}${schemas ? `\n\nWhat --json prints:${schemas}` : ''}`);
  command.action(async (...received: unknown[]) => {
    // commander hands over the declared arguments, then the options, then the command.
    const positional = received
      .slice(0, -2)
      .flat()
      .filter((argument) => argument !== undefined) as string[];
    // Completion has nobody to tell.
    if (!hidden) refusePlugAndPlay();
    const context = contextOf(fixed, command.optsWithGlobals());
    opened(context);
    done(await row.run(context, positional, command.opts(), program));
  });
}

export function buildProgram(fixed: Fixed, hooks: Hooks, rows: readonly Row[]): Command {
  const program = new Command('sft')
    .description('Fine-tuning as code: write an experiment in TypeScript, see the plan, apply exactly that plan.')
    .option('-V, --version', 'print the version, and in a checkout the commit')
    .option('-C, --directory <dir>', 'run as if started in this folder')
    .option('--json', 'results as JSON on stdout')
    .option('--debug', 'show how long each phase took, and the stack trace of an error of sft itself')
    .option('--program-timeout <seconds>', 'seconds that a stack’s program may run', seconds, 60)
    .addOption(
      new Option('-c, --context <key=value>', 'what app.context(KEY) answers in programs; may be repeated')
        .argParser(contextValue)
        .default({}, 'none'),
    )
    .configureHelp({ minWidthToWrap: 20, formatItem })
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help')
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => fixed.out(text.trimEnd()),
      writeErr: (text) => fixed.note(text.trimEnd()),
    })
    .exitOverride();
  // Looked up only where it is asked for.
  program.on('option:version', () => {
    fixed.out(toolVersionText());
    throw new CommanderError(0, 'commander.version', '');
  });
  for (const row of rows) add(program, row, fixed, hooks);
  return program;
}
