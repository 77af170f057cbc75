/** Starts a process of our own: what runs in it can be ended, and its memory is not ours. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** `#apart` is lib/program/apart.ts here, dist/program/apart.js in the published package (see lib/entry/sdk.js). */
const entry = () => createRequire(import.meta.url).resolve('#apart');

/** It ends with us. `memory`: MiB of its values. */
export function startApart(memory: number): ChildProcess {
  const child = fork(entry(), [], {
    execArgv: [`--max-old-space-size=${memory}`],
    serialization: 'advanced',
    // Where its memory is full, Node writes pages about it.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  return child;
}

/** What a process of its own answers to one request; undefined where its memory was not enough. It blocks: App.synth() does not wait. */
export function runApart(request: unknown, memory: number): unknown {
  const { error, status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${memory}`, entry()],
    {
      input: JSON.stringify(request),
      maxBuffer: 2 ** 28,
    },
  );
  if (error) throw error;
  if (status === 0) return JSON.parse(stdout.toString());
  if (signal === 'SIGINT' || signal === 'SIGTERM') throw new Error(`reading was ended by ${signal}`);
  const told = stderr.toString();
  if (/out of memory|Allocation failed/i.test(told) || signal === 'SIGKILL') return undefined;
  throw new Error(`reading apart failed: ${told.trim() || signal || status}`);
}
