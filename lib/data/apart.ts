/** Starts a process of our own: what runs in it can be ended, and its memory is not ours. */
import { type ChildProcess, fork } from 'node:child_process';
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
