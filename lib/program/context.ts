/** What a user's program knows of how it was started: by `sft`, with a channel back, or by `node` alone. */
import { realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { isObject } from '../base/json.ts';
import { exit, fail } from '../errors.ts';
import { hostSymbol, type ProgramHost } from './host.ts';
import { findProject } from './project.ts';

export interface ProgramContext {
  readonly project: string;
  /** Relative to the project's folder, with `/`. */
  readonly program: string;
  /** File descriptor that manifests are written to; undefined: write files. */
  readonly channel?: number;
  /** In the process of `sft` itself: takes what is handed over. */
  readonly hand?: ProgramHost['hand'];
  /** Nothing is handed over or written: a test looks at what was made. */
  readonly inMemory?: boolean;
}

/** What a program may ask for. */
export interface Surroundings {
  /** Of `sft -c KEY=VALUE`. */
  readonly context: Readonly<Record<string, string>>;
  readonly environment: (name: string) => string | undefined;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

let known: ProgramContext | undefined;
let lent: { readonly program: ProgramContext; readonly surroundings: Surroundings } | undefined;

/** The context of this process; read once, since a program may change its working directory. */
export function programContext(): ProgramContext {
  if (lent) return lent.program;
  if (known) return known;
  const host = (globalThis as { [hostSymbol]?: ProgramHost })[hostSymbol];
  if (host) {
    known = { ...host, project: real(host.project) };
    return known;
  }
  const channel = process.env.SFT_CHANNEL;
  // `sft` runs it in the project's folder; its runner leaves the program at argv[1], as under `node PROGRAM`.
  const script = real(resolve(process.argv[1] ?? '.'));
  const project = real(channel ? process.cwd() : findProject(dirname(script)));
  const program = relative(project, script).split(sep).join('/');
  known = { project, program, ...(channel ? { channel: Number(channel) } : {}) };
  return known;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function contextValues(): Record<string, string> {
  const text = process.env.SFT_CONTEXT;
  if (text === undefined || text === '') return {};
  const value = parsed(text);
  if (isObject(value) && Object.values(value).every((each) => typeof each === 'string'))
    return value as Record<string, string>;
  throw fail(
    'context/invalid',
    'The environment variable SFT_CONTEXT holds no JSON object of texts.',
    `Write SFT_CONTEXT='{"variant":"prod"}', or use sft with -c variant=prod.`,
    { exit: exit.invalid },
  );
}

export function surroundings(): Surroundings {
  return lent?.surroundings ?? { context: contextValues(), environment: (name) => process.env[name] };
}

/** In a test's process: a program that is none, of the project that the test runs in. */
export function inMemory<T>(project: string | undefined, given: Surroundings, run: () => T): T {
  const before = lent;
  const folder = real(project ?? findProject(process.cwd()));
  lent = { program: { project: folder, program: 'stacks/test.ts', inMemory: true }, surroundings: given };
  try {
    return run();
  } finally {
    lent = before;
  }
}

/** A position inside the project is told relative to it. */
export function inProject(position: string): string {
  const { project } = programContext();
  return position.startsWith(project + sep)
    ? position
        .slice(project.length + 1)
        .split(sep)
        .join('/')
    : position;
}
