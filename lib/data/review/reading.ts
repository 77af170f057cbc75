/** The rows of data files, a few at a time, so that memory stays small and a signal is heard between them. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';
import type { WrittenEncoding } from '../../settings/formats.ts';
import { BrokenData } from '../broken.ts';
import { FileHashes } from '../file-hashes.ts';
import { openRows, type Writing } from '../open.ts';
import { shownPath } from '../paths.ts';
import type { InspectedFile } from './facts.ts';

/** A file gives no rows, or not all of them: the reading ends with it. */
export class UnreadFile extends Error {
  override readonly name = 'UnreadFile';
  /** As it was named. */
  readonly path: string;
  readonly broken: BrokenData;

  constructor(path: string, broken: BrokenData) {
    super(`${path} ${broken.message}`);
    this.path = path;
    this.broken = broken;
  }
}

export interface FileRow {
  /** As messages name it. */
  readonly file: string;
  /** Index of its file. */
  readonly of: number;
  /** Of its file, from 1. */
  readonly number: number;
  readonly line?: number;
  readonly value: unknown;
  /** Keys that it has more than once. */
  readonly repeated?: readonly string[];
}

export interface ReadingOptions {
  /** Of the files; absent: found by what their bytes say. */
  readonly encoding?: WrittenEncoding | undefined;
  /** Told of the bytes that are read, of all files. */
  readonly onBytes?: ((done: number) => void) | undefined;
  /** Told of a line that is no row, which is passed over then. Without it, the first one ends the reading. */
  readonly onBroken?: ((broken: BrokenData, file: string) => void) | undefined;
  /** Hashes of files that are known to be what they were. */
  readonly hashes?: FileHashes | undefined;
  /** Told of each file when it is through. */
  readonly onFile: (file: InspectedFile) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Its size; 0 where there is none: reading it says why. */
export function sizeOf(folder: string, path: string): number {
  try {
    return statSync(resolve(folder, path)).size;
  } catch {
    return 0;
  }
}

/** Rows in one batch, and letters of them: a row may be a book. */
const mostRows = 512;
const mostLetters = 2 ** 21;

function lettersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let sum = 0;
  for (const one of Object.values(value)) sum += lettersOf(one);
  return sum;
}

/** What tells that a file was changed; undefined where it is gone. */
function markOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found && `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

const changed = () => new BrokenData('data/changed', 'was changed while it was read', 'Run it again.');

class OneFile {
  readonly #path: string;
  readonly #options: ReadingOptions;
  #writing: Writing = {};
  #mark: string | undefined;
  rows = 0;

  constructor(path: string, options: ReadingOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Throws BrokenData. */
  async *batches(folder: string, of: number, before: number): AsyncGenerator<FileRow[]> {
    const { encoding, onBytes, onBroken: told, signal } = this.#options;
    const file = shownPath(this.#path);
    this.#mark = markOf(resolve(folder, this.#path));
    let batch: FileRow[] = [];
    let letters = 0;
    const onProgress = (bytes: number) => {
      // A file may be all lines that are no rows.
      signal?.throwIfAborted();
      onBytes?.(before + bytes);
    };
    let broken: BrokenData | undefined;
    const onBroken = told && {
      onBroken: (one: BrokenData) => {
        broken ??= one;
        told(one, file);
      },
    };
    const onWriting = (writing: Writing) => {
      this.#writing = writing;
    };
    const rows = openRows(resolve(folder, this.#path), { encoding, onProgress, onWriting, ...onBroken });
    try {
      for await (const row of rows) {
        this.rows += 1;
        batch.push({ file, of, ...row });
        letters += lettersOf(row.value);
        if (batch.length < mostRows && letters < mostLetters) continue;
        yield batch;
        batch = [];
        letters = 0;
        // What is read of a file by columns is read without waiting.
        await breath();
        signal?.throwIfAborted();
      }
    } catch (caught) {
      signal?.throwIfAborted();
      // Not a row in it: what is wrong with the first line says why.
      throw caught instanceof BrokenData && this.rows === 0 && broken ? broken : caught;
    }
    if (batch.length > 0) yield batch;
  }

  /** Throws BrokenData. */
  async facts(folder: string): Promise<InspectedFile> {
    const { type = 'json', encoding = 'utf-8' } = this.#writing;
    const path = resolve(folder, this.#path);
    const { hashes = new FileHashes(), signal } = this.#options;
    const sha256 = await hashes.of(path, signal);
    if (markOf(path) !== this.#mark) throw changed();
    const bytes = sizeOf(folder, this.#path);
    return { path: shownPath(this.#path), sha256, bytes, rows: this.rows, type, encoding };
  }
}

/** Throws UnreadFile. */
export async function* batchesOf(
  folder: string,
  paths: readonly string[],
  options: ReadingOptions,
): AsyncGenerator<FileRow[]> {
  let before = 0;
  for (const [of, path] of paths.entries()) {
    const one = new OneFile(path, options);
    try {
      yield* one.batches(folder, of, before);
      options.onFile(await one.facts(folder));
    } catch (caught) {
      throw caught instanceof BrokenData ? new UnreadFile(path, caught) : caught;
    }
    before += sizeOf(folder, path);
  }
}
