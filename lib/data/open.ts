/** The rows of one data file, one after another. */
import { statSync } from 'node:fs';
import type { BrokenData } from './broken.ts';
import { readDataFile } from './file.ts';

export interface DataRow {
  readonly value: unknown;
  /** From 1, within the file. */
  readonly number: number;
  /** On which it begins, from 1; absent where a file has no lines. */
  readonly line?: number;
  /** Keys that it has more than once. */
  readonly repeated?: readonly string[];
}

export interface OpenOptions {
  /** Told of the bytes of the file that are read, as they lie on the disk, and how many there are. */
  readonly onProgress?: (bytes: number, all: number) => void;
  /** Told of a line that is no row, which is passed over then. Without it, the first one ends the reading. */
  readonly onBroken?: (broken: BrokenData) => void;
}

/** `path` is absolute. Throws BrokenData where `readDataFile` would. */
export async function* openRows(path: string, { onProgress }: OpenOptions = {}): AsyncGenerator<DataRow> {
  const { rows } = readDataFile(path);
  const { size } = statSync(path);
  onProgress?.(size, size);
  const repeated = new Map<number, string[]>();
  for (const { row, key } of rows.repeated) repeated.set(row, [...(repeated.get(row) ?? []), key]);
  for (const [index, value] of rows.values.entries()) {
    const keys = repeated.get(index);
    const line = rows.lines[index];
    yield {
      value,
      number: index + 1,
      ...(line === undefined ? {} : { line }),
      ...(keys ? { repeated: keys } : {}),
    };
  }
}
