/**
 * What a program threw, as lines of the user's own code. Imports nothing but Node and types, like all that runs beside
 * a user's program: the program's own import decides which copy of the SDK is used.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Handed, Thrown } from './said.ts';

const library = dirname(dirname(fileURLToPath(import.meta.url)));
/** A message of megabytes helps nobody and would fill a pipe. */
const longest = 10_000;
/** What runs a program, in its process or beside it: of no interest to anybody who looks for a mistake. */
const beside = [join(library, '..', 'bin'), join(library, 'cli'), join(library, 'program')].map((path) => path + sep);

/** `file:line:column` of a stack's line with the file relative to the project; undefined for Node's own frames. */
function frame(line: string, project: string): { at: string; sdk: boolean } | undefined {
  const match = /(?:\(|at (?:async )?|^)(file:\/\/[^\s)]+|\/[^)]+?):(\d+)(?::(\d+))?\)?$/.exec(line.trim());
  if (!match?.[1]) return undefined;
  const path = match[1].startsWith('file:') ? fileURLToPath(match[1].replace(/\?[^:]*$/, '')) : match[1];
  if (path.includes('/node_modules/') || beside.some((place) => path.startsWith(place))) return undefined;
  const at = [relative(project, path), match[2], ...(match[3] ? [match[3]] : [])].join(':');
  return { at, sdk: path.startsWith(`${library}/`) };
}

/** The user's own frames, innermost first, and whether the SDK's code was the one that threw. */
export function framesOf(stack: string | undefined, project: string): { frames: string[]; sdk: boolean } {
  const all = (stack ?? '').split('\n').flatMap((line) => frame(line, project) ?? []);
  return { frames: all.filter((one) => !one.sdk).map((one) => one.at), sdk: all[0]?.sdk === true };
}

/** The program as Node runs it: with blanks where types were, so that lines and columns stay. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  // That the function is new to Node is no news to the user.
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:module').stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Node knows the line of a syntax error in JavaScript only when it prints it; `--check` makes it do so. */
function syntaxFrames(program: string, project: string, message: string): string[] {
  // Loaded only here: it brings half of Node's network code.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const isTyped = /\.[cm]?ts$/.test(program);
  const type = /\.c[jt]s$/.test(program) ? 'commonjs' : 'module';
  const { stderr } = spawnSync(
    process.execPath,
    ['--check', ...(isTyped ? [`--input-type=${type}`, '-'] : [program])],
    {
      encoding: 'utf8',
      timeout: 10_000,
      ...(isTyped ? { input: withoutTypes(readFileSync(program, 'utf8')) } : {}),
    },
  );
  // It may be another file's.
  if (!stderr.includes(`SyntaxError: ${message}`)) return [];
  return framesOf(stderr.split('\n', 1)[0]?.replace(/^\[stdin\]/, program), project).frames;
}

/** Node names the importing file but not the line; the line is the first that has the name in quotes. */
function importFrames(message: string, project: string): string[] {
  const [, name = '', importer = ''] =
    /^Cannot find (?:module|package) '([^']+)' imported from (.+)$/.exec(message) ?? [];
  if (importer === '') return [];
  const path = importer.startsWith('file:') ? fileURLToPath(importer) : importer;
  const last = name.split('/').at(-1) ?? name;
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const line = lines.findIndex((text) => /['"`]/.test(text) && text.includes(last));
  return [line < 0 ? relative(project, path) : `${relative(project, path)}:${line + 1}`];
}

function describe(thrown: unknown): { name: string; message: string; stack?: string | undefined; code?: string } {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: inspect(thrown).slice(0, longest) };
  const cause = thrown.cause instanceof Error ? ` (because ${thrown.cause.name}: ${thrown.cause.message})` : '';
  const code = (thrown as { code?: unknown }).code;
  return {
    name: thrown.name,
    message: `${thrown.message}${cause}`.slice(0, longest),
    stack: thrown.stack,
    ...(typeof code === 'string' ? { code } : {}),
  };
}

/** The SDK's own error for a user's mistake is told by its shape: it may come from another copy of the SDK. */
export function sayThrown(thrown: unknown, program: string, project: string, rejected: boolean): Handed | Thrown {
  const { findings } = (thrown ?? {}) as { findings?: unknown };
  if (thrown instanceof Error && thrown.name === 'UserError' && Array.isArray(findings))
    return { kind: 'findings', findings };
  const { stack, ...what } = describe(thrown);
  const own = framesOf(stack, project);
  if (what.code === 'ERR_MODULE_NOT_FOUND') own.frames = importFrames(what.message, project);
  if (own.frames.length === 0 && what.name === 'SyntaxError') own.frames = syntaxFrames(program, project, what.message);
  return { kind: 'thrown', ...what, ...own, rejected };
}
