/**
 * The head start: programs that a command will surely run are started before the command line is loaded, which takes as
 * long as a child needs to come up. A guess that is wrong costs a process that is ended again; nothing else follows
 * from it, since a program has no effect but what it prints and hands over.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import { runHere } from '../program/here.ts';
import { findProject, programsIn } from '../program/project.ts';
import type { ProgramOutcome } from '../program/said.ts';
import { type ChildOptions, runProgram } from './child.ts';

const commands = ['synth', 'validate', 'plan'];
/** Options that change nothing in how a program is run. */
const harmless = ['--check', '--json', '--no-refresh', '--detailed-exitcode', '--require-pins', '--debug'];
export const defaultSeconds = 60;

interface Early {
  readonly outcome: Promise<ProgramOutcome>;
  readonly controller: AbortController;
}

const started = new Map<string, Early>();

const keyOf = ({ signal: _, ...options }: ChildOptions) => JSON.stringify(Object.entries(options).sort());

function programsFor(project: string, names: readonly string[]): string[] {
  if (existsSync(join(project, 'sft.yaml'))) return [];
  const all = programsIn(project);
  if (names.length === 0) return all;
  const wanted = all.filter((program) => names.includes(basename(program, extname(program))));
  return wanted.length === names.length ? wanted : [];
}

/** A program of `sft synth` that is alone can run in this process: nothing goes on beside it that it could disturb. */
function isAlone(argv: readonly string[], programs: readonly string[]): boolean {
  return (
    programs.length === 1 && argv[0] === 'synth' && argv.every((word) => word === '--check' || !word.startsWith('-'))
  );
}

/** A program that runs in this process. */
export interface Here {
  readonly options: ChildOptions;
  readonly outcome: Promise<ProgramOutcome>;
  /** Ours, whatever the program finds in its place. */
  readonly stdout: () => typeof process.stdout;
}

function launch(project: string, program: string, run: (options: ChildOptions) => Promise<ProgramOutcome>): Here {
  const controller = new AbortController();
  const options = { project, program, seconds: defaultSeconds, signal: controller.signal, variables: {} };
  const { get } = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor;
  const outcome = run(options);
  // Where nobody asks for it, nobody hears that it was ended.
  outcome.catch(() => undefined);
  const here = { options, outcome, stdout: () => get?.call(process) as typeof process.stdout };
  keep(here, controller);
  return here;
}

/** Has `outcomeOf` find what was started. */
export function keep({ options, outcome }: Here, controller = new AbortController()): void {
  started.set(keyOf(options), { outcome, controller });
}

/**
 * Starts what `sft` with these arguments is going to run; nothing where that is not certain. What is returned is a
 * program that runs in this process.
 */
export function begin(argv: readonly string[]): Here | undefined {
  const [command = '', ...rest] = argv;
  const names = rest.filter((word) => !word.startsWith('-'));
  const plain = rest.every((word) => harmless.includes(word) || /^[^-./][^./]*$/.test(word));
  // Under Yarn's Plug'n'Play the command line has something to say first.
  if (!commands.includes(command) || !plain || process.versions.pnp !== undefined) return undefined;
  const project = findProject(process.cwd());
  const programs = programsFor(project, names);
  const [only = ''] = programs;
  if (isAlone(argv, programs)) return launch(project, only, runHere);
  for (const program of programs.slice(0, availableParallelism())) launch(project, program, runProgram);
  return undefined;
}

/** As `runProgram`; what was started early under the same options is taken up. */
export function outcomeOf(options: ChildOptions): Promise<ProgramOutcome> {
  const key = keyOf(options);
  const early = started.get(key);
  if (!early) return runProgram(options);
  started.delete(key);
  const { signal } = options;
  const abort = () => early.controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return early.outcome.finally(() => signal.removeEventListener('abort', abort));
}

/** Ends what was started and not asked for. */
export function endUnused(): void {
  for (const { controller } of started.values()) controller.abort();
  started.clear();
}
