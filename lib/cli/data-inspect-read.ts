/** The rows of data files, a few at a time, so that a Ctrl-C is heard between them. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';
import { BrokenData } from '../data/broken.ts';
import { brokenFinding, readDataFile } from '../data/file.ts';
import { shownPath } from '../data/paths.ts';
import { exit, UserError } from '../errors.ts';
import type { InspectedFile } from '../report/data-document.ts';

export interface ReadRow {
  /** As messages name it. */
  readonly file: string;
  /** Of its file, from 1. */
  readonly number: number;
  readonly line: number;
  readonly value: unknown;
}

export interface Batch {
  readonly rows: readonly ReadRow[];
  /** Bytes of all files that are read so far. */
  readonly done: number;
}

/** Its size; 0 where there is none: reading it says why. */
export function sizeOf(folder: string, path: string): number {
  try {
    return statSync(resolve(folder, path)).size;
  } catch {
    return 0;
  }
}

function told(broken: BrokenData, folder: string, path: string): UserError {
  const finding = brokenFinding(broken, folder, path, {});
  const missing = broken.id === 'data/unreadable';
  const fix = finding.fix.replace('; it is relative to the project’s folder', '');
  return new UserError({ ...finding, fix }, missing ? exit.usage : exit.invalid);
}

function read(folder: string, path: string) {
  try {
    return readDataFile(resolve(folder, path));
  } catch (caught) {
    throw caught instanceof BrokenData ? told(caught, folder, path) : caught;
  }
}

const batchRows = 512;

/** Tells each file when it is through. Throws UserError for one that cannot be read. */
export async function* batchesOf(
  folder: string,
  paths: readonly string[],
  onFile: (file: InspectedFile) => void,
): AsyncGenerator<Batch> {
  let done = 0;
  for (const path of paths) {
    const { facts, rows } = read(folder, path);
    const { values, lines } = rows;
    const { sha256, bytes, type = 'json', encoding = 'utf-8' } = facts;
    for (let from = 0; from < values.length; from += batchRows) {
      const some = values.slice(from, from + batchRows);
      yield {
        rows: some.map((value, index): ReadRow => {
          const number = from + index + 1;
          return { file: shownPath(path), number, line: lines[number - 1] ?? 0, value };
        }),
        done: done + Math.round((bytes * (from + some.length)) / values.length),
      };
      await breath();
    }
    done += bytes;
    onFile({ path: shownPath(path), sha256, bytes, rows: values.length, type, encoding });
  }
}
