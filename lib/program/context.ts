/** What a user's program knows of how it was started: by `sft`, with a channel back, or by `node` alone. */
import { realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { findProject } from './project.ts';

export interface ProgramContext {
  readonly project: string;
  /** Relative to the project's folder, with `/`. */
  readonly program: string;
  /** File descriptor that manifests are written to; undefined: write files. */
  readonly channel?: number;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

let known: ProgramContext | undefined;

/** The context of this process; read once, since a program may change its working directory. */
export function programContext(): ProgramContext {
  if (known) return known;
  const channel = process.env.SFT_CHANNEL;
  // `sft` runs it in the project's folder; its runner leaves the program at argv[1], as under `node PROGRAM`.
  const script = real(resolve(process.argv[1] ?? '.'));
  const project = real(channel ? process.cwd() : findProject(dirname(script)));
  const program = relative(project, script).split(sep).join('/');
  known = { project, program, ...(channel ? { channel: Number(channel) } : {}) };
  return known;
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
