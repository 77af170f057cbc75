/** The programs of a project as text, for the lines that findings show and the places that they name. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SourceLines } from '../base/code-frame.ts';

/** Names of files that can be programs: no declarations, no tests. */
export const isProgram = /(?<!\.d|\.test)\.[cm]?[jt]s$/;

const isSource = /(?<!\.d)\.[cm]?[jt]s$/;
/** A program is small; what is larger was made by a machine, and its lines tell nobody anything. */
const largest = 4 * 1024 * 1024;

/** Undefined for what is no source, or cannot be read. */
export function sourceText(path: string): string | undefined {
  try {
    return isSource.test(path) && statSync(path).size <= largest ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Reads sources of the project, each once. */
export function sourcesIn(project: string): SourceLines {
  const read = new Map<string, readonly string[] | undefined>();
  return (file) => {
    if (!read.has(file)) read.set(file, sourceText(resolve(project, file))?.split(/\r?\n/));
    return read.get(file);
  };
}
