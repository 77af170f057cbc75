/**
 * Runs one of the user's programs in a child process and collects what it says on its own descriptor.
 * Imports nothing but Node: the child is to be running before anything slow is loaded here.
 */
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ProgramOutcome, Said } from '../program/said.ts';

export interface ChildOptions {
  /** The child's working directory. */
  readonly project: string;
  /** Relative to the project's folder. */
  readonly program: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Further environment variables of the program. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Bytes that the channel may carry; a program that says more is stopped. */
  readonly most?: number;
}

/** The line that was being written when the child was killed is cut; why it was killed is told by its end. */
function saidIn(text: string): Said[] {
  return text.split('\n').flatMap((line): Said[] => {
    try {
      return [JSON.parse(line) as Said];
    } catch {
      return [];
    }
  });
}

const runner = join(import.meta.dirname, '..', 'program', `runner${import.meta.filename.slice(-3)}`);
/** 10,000 runs take about a fifth of this; a string of more cannot be made by V8. */
const mostBytes = 256 * 1024 * 1024;

/** Resolves when the child has ended, however; rejects with the signal's reason when it is aborted. */
export function runProgram(options: ChildOptions): Promise<ProgramOutcome> {
  const { project, program, seconds, signal, variables, most = mostBytes } = options;
  signal.throwIfAborted();
  // Only here: a program that runs in this process needs none of it.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const quiet = ['--disable-warning=ExperimentalWarning', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'];
  const child = spawn(process.execPath, [...quiet, runner, program], {
    cwd: project,
    env: { ...process.env, ...variables, SFT_CHANNEL: '3' },
    // What the user's code prints must not mix with our results: both of its streams go to our stderr.
    stdio: ['ignore', 2, 2, 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let stopped: 'time' | 'size' | undefined;
    const stop = (why: 'time' | 'size') => {
      stopped ??= why;
      child.kill('SIGKILL');
    };
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => stop('time'), seconds * 1000);
    const abort = () => child.kill('SIGKILL');
    signal.addEventListener('abort', abort, { once: true });
    const channel = child.stdio[3] as Readable;
    channel.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) stop('size');
      else chunks.push(chunk);
    });
    channel.on('error', () => undefined);
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    child.on('error', (error) => {
      finish();
      reject(error);
    });
    child.on('close', (code, killedBy) => {
      finish();
      if (signal.aborted) return reject(signal.reason);
      const said = saidIn(Buffer.concat(chunks).toString('utf8'));
      resolve({ program, said, code, killedBy, ...(stopped ? { stopped } : {}) });
    });
  });
}
