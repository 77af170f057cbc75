/**
 * Runs a user's program for `sft`: `node runner.ts PROGRAM`, in the project's folder, with a pipe on the descriptor
 * that SFT_CHANNEL names. It imports nothing of the SDK, so that the program's own import decides which copy is used.
 * What the SDK delivers goes to the pipe directly; this file adds how the program ended, one JSON line each.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

const channel = Number(process.env.SFT_CHANNEL ?? 3);
const project = process.cwd();
const library = dirname(dirname(fileURLToPath(import.meta.url)));
const leave = process.exit.bind(process);
/** A message of megabytes helps nobody and would fill the pipe. */
const longest = 10_000;

function report(line: Record<string, unknown>): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let at = 0; at < bytes.length; ) at += writeSync(channel, bytes, at);
}

/** `file:line:column` of a stack's line with the file relative to the project; undefined for Node's own frames. */
function frame(line: string): { at: string; sdk: boolean } | undefined {
  const match = /(?:\(|at (?:async )?|^)(file:\/\/[^\s)]+|\/[^)]+?):(\d+)(?::(\d+))?\)?$/.exec(line.trim());
  if (!match?.[1]) return undefined;
  const path = match[1].startsWith('file:') ? fileURLToPath(match[1].replace(/\?[^:]*$/, '')) : match[1];
  if (path.includes('/node_modules/') || path === fileURLToPath(import.meta.url)) return undefined;
  const at = [relative(project, path), match[2], ...(match[3] ? [match[3]] : [])].join(':');
  return { at, sdk: path.startsWith(`${library}/`) };
}

function frames(stack: string | undefined): { frames: string[]; sdk: boolean } {
  const all = (stack ?? '').split('\n').flatMap((line) => frame(line) ?? []);
  return { frames: all.filter((one) => !one.sdk).map((one) => one.at), sdk: all[0]?.sdk === true };
}

/** Node knows the line of a syntax error in JavaScript only when it prints it; `--check` makes it do so. */
function syntaxFrames(program: string): string[] {
  // Loaded only here: it brings half of Node's network code.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { stderr } = spawnSync(process.execPath, ['--check', program], { encoding: 'utf8', timeout: 10_000 });
  return frames(stderr.split('\n', 1)[0]).frames;
}

/** Node names the importing file but not the line; the line is the first that has the name in quotes. */
function importFrames(message: string): string[] {
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

function reportThrown(thrown: unknown, program: string, rejected: boolean): void {
  const { findings } = (thrown ?? {}) as { findings?: unknown };
  // The SDK's own error for a user's mistake, told by its shape: it may come from another copy of the SDK.
  if (thrown instanceof Error && thrown.name === 'UserError' && Array.isArray(findings))
    report({ kind: 'findings', findings });
  else {
    const { stack, ...what } = describe(thrown);
    const own = frames(stack);
    if (what.code === 'ERR_MODULE_NOT_FOUND') own.frames = importFrames(what.message);
    if (own.frames.length === 0 && what.name === 'SyntaxError') own.frames = syntaxFrames(program);
    report({ kind: 'thrown', ...what, ...own, rejected });
  }
  leave(1);
}

async function run(program: string): Promise<void> {
  let settled = false;
  process.exit = (code) => {
    report({ kind: 'exit', code: Number(code ?? process.exitCode ?? 0), ...frames(new Error().stack) });
    return leave(code);
  };
  process.on('uncaughtException', (error) => reportThrown(error, program, false));
  process.on('unhandledRejection', (reason) => reportThrown(reason, program, true));
  process.on('exit', () => report({ kind: 'end', settled }));
  try {
    await import(pathToFileURL(program).href);
    settled = true;
  } catch (error) {
    reportThrown(error, program, false);
  }
}

enableCompileCache();
Error.stackTraceLimit = 30;
// As under `node PROGRAM`: the program finds itself at argv[1].
process.argv.splice(1, 1);
const program = resolve(process.argv[1] ?? '');
process.argv[1] = program;
void run(program);
