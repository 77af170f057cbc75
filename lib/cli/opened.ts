/** Where a command runs, from the options that all of them have. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { exit, fail } from '../errors.ts';
import { findProject } from '../program/project.ts';
import { type Context, isUtf8 } from './context.ts';

export type Fixed = Pick<Context, 'signal' | 'closed' | 'out' | 'note' | 'noteStyle' | 'style'>;

export interface GlobalOptions {
  readonly directory?: string;
  readonly json?: boolean;
  readonly programTimeout: number;
  readonly context: Readonly<Record<string, string>>;
}

function folder(given: string | undefined): string {
  const path = resolve(given ?? '.');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw fail('usage/directory', `There is no folder ${given}.`, 'Correct what follows -C.', { exit: exit.usage });
}

/** A list is redrawn in place only where that works: a terminal that moves its cursor and says how wide it is. */
function hasLiveTerminal(): boolean {
  return process.stdout.isTTY === true && process.env.TERM !== 'dumb' && process.stdout.columns >= 20 && isUtf8();
}

/** Yarn's replacement of node:fs cannot flush a file to disk, on which state, lock and attempts rest. */
export function refusePlugAndPlay(): void {
  if (process.versions.pnp === undefined) return;
  throw fail(
    'project/plug-and-play',
    'This project is installed with Yarn’s Plug’n’Play, in which Node cannot do all that sft needs of files.',
    'Write nodeLinker: node-modules into .yarnrc.yml, and run yarn install.',
    { exit: exit.invalid },
  );
}

export function contextOf(fixed: Fixed, options: GlobalOptions): Context {
  const cwd = folder(options.directory);
  return {
    ...fixed,
    cwd,
    project: findProject(cwd),
    json: options.json === true,
    programSeconds: options.programTimeout,
    values: options.context,
    // Asked for by few commands, and what a stream is costs time to find out.
    get canAsk() {
      return process.stdin.isTTY === true && process.stderr.isTTY === true;
    },
    get onTerminal() {
      return hasLiveTerminal();
    },
  };
}
