/** What the command line looks like. Each command is loaded when it is run. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exit, fail } from '../errors.ts';
import { findProject } from '../program/project.ts';
import { type Context, isUtf8 } from './context.ts';
import { toolVersionText } from './tool.ts';

type Fixed = Pick<Context, 'signal' | 'closed' | 'out' | 'note' | 'noteStyle' | 'style'>;

interface GlobalOptions {
  readonly directory?: string;
  readonly json?: boolean;
  readonly programTimeout: number;
  readonly context: Readonly<Record<string, string>>;
}

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

function folder(given: string | undefined): string {
  const path = resolve(given ?? '.');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw fail('usage/directory', `There is no folder ${given}.`, 'Correct what follows -C.', { exit: exit.usage });
}

/** A list is redrawn in place only where that works: a terminal that moves its cursor and says how wide it is. */
function hasLiveTerminal(): boolean {
  return process.stdout.isTTY === true && process.env.TERM !== 'dumb' && process.stdout.columns >= 20 && isUtf8();
}

/** Yarn's replacement of node:fs cannot flush a file to disk, on which state, lock and attempts rest. */
function refusePlugAndPlay(): void {
  if (process.versions.pnp === undefined) return;
  throw fail(
    'project/plug-and-play',
    'This project is installed with Yarn’s Plug’n’Play, in which Node cannot do all that sft needs of files.',
    'Write nodeLinker: node-modules into .yarnrc.yml, and run yarn install.',
    { exit: exit.invalid },
  );
}

function contextOf(fixed: Fixed, options: GlobalOptions): Context {
  const cwd = folder(options.directory);
  return {
    ...fixed,
    cwd,
    project: findProject(cwd),
    json: options.json === true,
    programSeconds: options.programTimeout,
    values: options.context,
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    onTerminal: hasLiveTerminal(),
  };
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
  command.addHelpText('after', `\nExample:\n  $ ${row.example}`);
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
