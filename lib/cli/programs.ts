/** From arguments to manifests: which programs are meant, run side by side, each in a child process. */
import { existsSync, globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, relative, resolve, sep } from 'node:path';
import { nearest } from '../base/nearest.ts';
import { exit, fail, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Manifest } from '../manifest.ts';
import { type Configuration, defaults, readConfiguration } from '../program/configuration.ts';
import { programsIn } from '../program/project.ts';
import { isProgram } from '../program/sources.ts';
import { type Context, Interrupted } from './context.ts';
import { outcomeOf } from './early.ts';
import { type Judged, judge } from './judge.ts';
import { timed, timedNow } from './timings.ts';

export interface Loaded {
  /** In the order of stack names; each name once. */
  readonly manifests: readonly Manifest[];
  /** Errors of programs, and the warnings and notes of the stacks. */
  readonly findings: readonly Finding[];
  readonly configuration: Configuration;
}

function found(project: string, globs: readonly string[]): string[] {
  if (globs === defaults.stacks) return programsIn(project);
  const all = globs.flatMap((glob) => globSync(glob, { cwd: project }));
  const programs = all.map((path) => path.split(sep).join('/')).filter((path) => isProgram.test(path));
  return [...new Set(programs)].sort();
}

/** An argument that can only be a file: a stack's name has no slash and no such ending. */
export const isPath = (argument: string) => argument.includes('/') || isProgram.test(argument);

function programAt(argument: string, context: Context): string {
  const path = resolve(context.cwd, argument);
  if (existsSync(path) && statSync(path).isFile()) return relative(context.project, path).split(sep).join('/');
  throw fail('program/missing', `There is no program ${argument}.`, 'Correct the path, or name a stack.', {
    exit: exit.usage,
  });
}

function noPrograms(configuration: Configuration): UserError {
  return fail(
    'program/none',
    `No stack was found: no file matches ${configuration.stacks.join(', ')}.`,
    'Write stacks/NAME.ts, or name other places under "stacks" in sft.yaml.',
    { exit: exit.invalid },
  );
}

function unknownStack(name: string, known: readonly string[]): UserError {
  const guess = nearest(name, known);
  const list = known.length > 0 ? `The stacks here are: ${known.join(', ')}.` : 'No stack could be read.';
  const fix = guess ? `Did you mean "${guess}"? ${list}` : list;
  return fail('stack/unknown', `There is no stack "${name}".`, fix, { exit: exit.usage });
}

async function runAll(programs: readonly string[], context: Context): Promise<Judged> {
  const { project, programSeconds: seconds, signal, values } = context;
  const answers = { ...context.recalled, ...values };
  const given = Object.keys(answers).length > 0 ? { SFT_CONTEXT: JSON.stringify(answers) } : {};
  const variables = { ...context.variables, ...given };
  const judged: Judged[] = [];
  const queue = programs.map((program, index) => ({ program, index }));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { program } = next;
      const outcome = await timed('programs', () => outcomeOf({ project, program, seconds, signal, variables }));
      // A terminal sends Ctrl-C, and that it went away, to the child as well, which may be gone before we are told.
      if (outcome.killedBy === 'SIGINT' || outcome.killedBy === 'SIGHUP') throw new Interrupted(outcome.killedBy);
      judged[next.index] = timedNow('read', () => judge(outcome, seconds));
    }
  };
  await Promise.all(Array.from({ length: Math.min(programs.length, availableParallelism()) }, worker));
  return {
    manifests: judged.flatMap((one) => one.manifests),
    findings: judged.flatMap((one) => one.findings),
  };
}

function twice(manifests: readonly Manifest[]): Finding[] {
  const first = new Map<string, Manifest>();
  const findings: Finding[] = [];
  for (const manifest of manifests) {
    const other = first.get(manifest.stack);
    if (other)
      findings.push({
        id: 'stack/twice',
        severity: 'error',
        where: { construct: manifest.stack, at: manifest.program },
        message: `${other.program} and ${manifest.program} both make a stack "${manifest.stack}".`,
        fix: 'Rename one: a stack has one folder and one state.',
      });
    else first.set(manifest.stack, manifest);
  }
  return findings;
}

/** A key that no program asks for is a slip, and would leave the default in place without a word. */
function unasked(values: Context['values'], manifests: readonly Manifest[]): Finding[] {
  const asked = [...new Set(manifests.flatMap(({ context }) => Object.keys(context ?? {})))].sort();
  return Object.keys(values)
    .filter((key) => !asked.includes(key))
    .map((key) => {
      const guess = nearest(key, asked);
      const list = asked.length > 0 ? `They ask for: ${asked.join(', ')}.` : 'They ask for nothing.';
      return {
        id: 'context/unknown',
        severity: 'error',
        where: {},
        given: key,
        message: `No program asks for app.context("${key}").`,
        fix: guess ? `Did you mean "${guess}"? ${list}` : list,
      };
    });
}

/** The programs to run first: those given by path, and those whose file is named like a wanted stack. */
function likely(names: readonly string[], paths: readonly string[], all: readonly string[]): string[] {
  if (names.length === 0) return paths.length > 0 ? [...paths] : [...all];
  const named = all.filter((program) => names.includes(basename(program, extname(program))));
  return named.length === names.length ? [...new Set([...paths, ...named])] : [...new Set([...paths, ...all])];
}

/** Runs what the arguments name, all stacks where there are none. Throws UserError only where nothing could be run. */
export async function loadStacks(wanted: readonly string[], context: Context): Promise<Loaded> {
  const configuration = readConfiguration(context.project);
  const paths = [...new Set(wanted.filter(isPath).map((argument) => programAt(argument, context)))];
  const names = wanted.filter((argument) => !isPath(argument));
  const all = paths.length > 0 && names.length === 0 ? [] : found(context.project, configuration.stacks);
  if (paths.length === 0 && all.length === 0) throw noPrograms(configuration);

  const first = likely(names, paths, all);
  let { manifests, findings } = await runAll(first, context);
  const has = (name: string) => manifests.some((manifest) => manifest.stack === name);
  const rest = all.filter((program) => !first.includes(program));
  // The file that is named like the stack may make another one: then any file may make it.
  if (names.some((name) => !has(name)) && rest.length > 0 && findings.length === 0) {
    const more = await runAll(rest, context);
    manifests = [...manifests, ...more.manifests];
    findings = [...findings, ...more.findings];
  }
  const failed = findings.some((finding) => finding.severity === 'error');
  const missing = names.find((name) => !has(name));
  if (missing !== undefined && !failed) throw unknownStack(missing, manifests.map((manifest) => manifest.stack).sort());

  const slips = failed ? [] : unasked(context.values, manifests);
  const chosen = manifests.filter(
    (manifest) => names.length === 0 || names.includes(manifest.stack) || paths.includes(manifest.program),
  );
  return {
    manifests: chosen.toSorted((a, b) => (a.stack < b.stack ? -1 : 1)),
    findings: [...findings, ...slips, ...chosen.flatMap((manifest) => manifest.findings), ...twice(chosen)],
    configuration,
  };
}

/** As `loadStacks`, for commands that cannot go on with an error. Warnings are told on stderr by the caller. */
export async function loadValidStacks(wanted: readonly string[], context: Context): Promise<Loaded> {
  const loaded = await loadStacks(wanted, context);
  if (loaded.findings.some((finding) => finding.severity === 'error'))
    throw new UserError(loaded.findings, exit.invalid);
  return loaded;
}
