/**
 * Runs a user's program in this process, as `node PROGRAM` does: half the time, since no second Node has to come up. Only
 * for a command that does nothing else: a loop without end is ended by Ctrl-C alone, and memory is shared.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hostSymbol, type ProgramHost } from './host.ts';
import type { ProgramOutcome, Said } from './said.ts';
import { framesOf, sayThrown } from './thrown.ts';

export interface HereOptions {
  readonly project: string;
  /** Relative to the project's folder. */
  readonly program: string;
  /** After which a program that waits is given up. */
  readonly seconds: number;
}

/** Thrown where the program calls process.exit(), which must not return. */
class Left extends Error {
  override readonly name = 'Left';
}

/** What the program finds changed, and what it finds as it was after it; not stdout where it may still print. */
function lend(project: string, path: string, host: ProgramHost): (mayPrint: boolean) => void {
  const stdout = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor;
  const { exit, argv, exitCode } = process;
  const { stackTraceLimit } = Error;
  const cwd = process.cwd();
  const shared = globalThis as { [hostSymbol]?: ProgramHost };
  // What the user's code prints must not mix with our results.
  Object.defineProperty(process, 'stdout', { ...stdout, get: () => process.stderr });
  process.argv = [argv[0] as string, path];
  process.chdir(project);
  Error.stackTraceLimit = 30;
  shared[hostSymbol] = host;
  return (mayPrint) => {
    if (!mayPrint) Object.defineProperty(process, 'stdout', stdout);
    Object.assign(process, { exit, argv });
    process.exitCode = exitCode;
    Error.stackTraceLimit = stackTraceLimit;
    delete shared[hostSymbol];
    process.chdir(cwd);
  };
}

/** What the program wants done at its end is done at its end, not at ours. */
function sayGoodbye(others: readonly unknown[], fail: (error: unknown) => void): void {
  for (const listener of process.listeners('exit')) {
    if (others.includes(listener)) continue;
    process.off('exit', listener);
    try {
      listener.call(process, Number(process.exitCode ?? 0));
    } catch (error) {
      fail(error);
    }
  }
}

/**
 * The program has nothing more to do, but may have asked to be told so, and then do more: once, or it could go on
 * for ever.
 */
function lastRound(own: () => void, done: () => void): void {
  const others = process.listeners('beforeExit').filter((listener) => listener !== own);
  if (others.length === 0) done();
  // Called in this round, after us; what they start is awaited, for the next one is ours alone.
  else setImmediate(() => undefined);
  for (const listener of others) process.off('beforeExit', listener);
}

let cut = false;

/** A program was given up or left early: what it started may still be there, and would keep this process alive. */
export const wasCut = () => cut;

/** Resolves when the program has nothing more to do, or has failed; never rejects. */
export async function runHere({ project, program, seconds }: HereOptions): Promise<ProgramOutcome> {
  const path = join(project, program);
  const said: Said[] = [];
  let settled = false;
  let over = false;
  const giveBack = lend(project, path, { project, program, hand: (handed) => void said.push(handed) });
  let resolve: (why: 'time' | undefined) => void = () => undefined;
  const ended = new Promise<'time' | undefined>((done) => {
    resolve = done;
  });
  const end = (why?: 'time') => {
    cut = true;
    resolve(why);
  };
  const fail = (thrown: unknown, rejected: boolean) => {
    // What a timer, a server or a promise does after the end is nobody's mistake: elsewhere it would be gone by then.
    if (over || thrown instanceof Left) return;
    said.push(sayThrown(thrown, path, project, rejected));
    process.exitCode = 1;
    end();
  };
  process.exit = (code) => {
    const status = Number(code ?? process.exitCode ?? 0);
    said.push({ kind: 'exit', code: status, frames: framesOf(new Error().stack, project).frames });
    process.exitCode = status;
    end();
    throw new Left('process.exit');
  };
  const others = process.listeners('exit');
  const listeners = {
    uncaughtException: (error: unknown) => fail(error, false),
    unhandledRejection: (reason: unknown) => fail(reason, true),
    beforeExit: () => lastRound(listeners.beforeExit, () => resolve(undefined)),
  };
  for (const [event, listener] of Object.entries(listeners)) process.on(event, listener);
  const timer = setTimeout(() => end('time'), seconds * 1000).unref();
  import(pathToFileURL(path).href).then(
    () => {
      settled = true;
    },
    (error: unknown) => fail(error, false),
  );
  const why = await ended;
  sayGoodbye(others, (error) => fail(error, false));
  clearTimeout(timer);
  over = true;
  // Where something may still be there, its mistakes are kept from ending us.
  if (cut) process.off('beforeExit', listeners.beforeExit);
  else for (const [event, listener] of Object.entries(listeners)) process.off(event, listener);
  said.push({ kind: 'end', settled });
  const code = Number(process.exitCode ?? 0);
  giveBack(cut);
  return { program, said, code, killedBy: null, ...(why ? { stopped: why } : {}) };
}
