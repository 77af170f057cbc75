/** How large something is, and when it was last written; links are not followed. */
import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../files.ts';

export interface Weight {
  readonly bytes: number;
  /** Seconds since 1970. */
  readonly touched: number;
}

const absent = (caught: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(caught) ?? '');

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (caught) {
    if (absent(caught)) return [];
    throw caught;
  }
}

/** Undefined where it is not there. What goes while it is looked at weighs nothing. */
export function weigh(path: string): Weight | undefined {
  let [bytes, touched, found] = [0, 0, false];
  const paths = [path];
  for (let next = paths.pop(); next !== undefined; next = paths.pop()) {
    const stat = lstatSync(next, { throwIfNoEntry: false });
    if (!stat) continue;
    found = true;
    touched = Math.max(touched, stat.mtimeMs / 1000);
    if (!stat.isDirectory()) bytes += stat.size;
    else for (const entry of entriesOf(next)) paths.push(join(next, entry.name));
  }
  return found ? { bytes, touched } : undefined;
}
