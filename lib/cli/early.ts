/**
 * The head start: programs that a command will surely run are started before the command line is loaded, which takes as
 * long as a child needs to come up. A guess that is wrong costs a process that is ended again; nothing else follows
 * from it, since a program has no effect but what it prints and hands over.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findProject } from '../program/project.ts';
import { type ChildOptions, type ChildOutcome, runProgram } from './child.ts';

const commands = ['synth', 'validate', 'plan'];
/** Options that change nothing in how a program is run. */
const harmless = ['--check', '--json', '--no-refresh', '--detailed-exitcode', '--require-pins', '--debug'];
/** What the default patterns of sft.yaml find. */
const inStacks = /^[^.].*(?<!\.d|\.test)\.m?[jt]s$/;
export const defaultSeconds = 60;

interface Early {
  readonly outcome: Promise<ChildOutcome>;
  readonly controller: AbortController;
}

const started = new Map<string, Early>();

const keyOf = ({ signal: _, ...options }: ChildOptions) => JSON.stringify(Object.entries(options).sort());

function programsFor(project: string, names: readonly string[]): string[] {
  const folder = join(project, 'stacks');
  if (existsSync(join(project, 'sft.yaml')) || !existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => inStacks.test(file));
  const wanted = names.length === 0 ? files : files.filter((file) => names.includes(file.replace(/\.m?[jt]s$/, '')));
  return names.length > 0 && wanted.length !== names.length ? [] : wanted.sort().map((file) => `stacks/${file}`);
}

/** Starts what `sft` with these arguments is going to run; nothing where that is not certain. */
export function begin(argv: readonly string[]): void {
  const [command = '', ...rest] = argv;
  const names = rest.filter((word) => !word.startsWith('-'));
  const plain = rest.every((word) => harmless.includes(word) || /^[^-./][^./]*$/.test(word));
  if (!commands.includes(command) || !plain) return;
  const project = findProject(process.cwd());
  for (const program of programsFor(project, names).slice(0, availableParallelism())) {
    const controller = new AbortController();
    const options = { project, program, seconds: defaultSeconds, signal: controller.signal, variables: {} };
    const outcome = runProgram(options);
    // Where nobody asks for it, nobody hears that it was ended.
    outcome.catch(() => undefined);
    started.set(keyOf(options), { outcome, controller });
  }
}

/** As `runProgram`; what was started early under the same options is taken up. */
export function outcomeOf(options: ChildOptions): Promise<ChildOutcome> {
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
