/** The rows of one data file, one after another: what is held of it is a piece, and the row that is not whole yet. */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { FileEncoding, FileType, WrittenEncoding } from '../settings/formats.ts';
import { BrokenData } from './broken.ts';
import { headOf, packingOf, statOf } from './bytes.ts';
import { piecesOfFile } from './chunks/bytes.ts';
import type { DataRow, FoundRow, OnBroken } from './chunks/pieces.ts';
import { Reading } from './chunks/reading.ts';
import { columnarRows, columnarType, isColumnar } from './columnar.ts';
import { JapaneseGuess, withoutEncoding } from './encoding.ts';
import { readDataFile, typeOf } from './file.ts';

export type { DataRow };

/** How a file is written. */
export interface Writing {
  /** Absent for JSON. */
  readonly type?: FileType;
  /** Absent for UTF-8. */
  readonly encoding?: FileEncoding;
}

export interface OpenOptions {
  /** Absent: found by what the bytes say. */
  readonly encoding?: WrittenEncoding | undefined;
  /** Told behind the last row. */
  readonly onWriting?: ((writing: Writing) => void) | undefined;
  /** Told of the bytes of the file that are read, as they lie on the disk, and how many there are. */
  readonly onProgress?: (bytes: number, all: number) => void;
  /** Told of a line that is no row, which is passed over then. Without it, the first one ends the reading. */
  readonly onBroken?: (broken: BrokenData) => void;
  /** Bytes that are read at once. */
  readonly pieceSize?: number;
}

interface Settings {
  readonly pieceSize: number;
  readonly onProgress: OpenOptions['onProgress'];
  readonly onBroken: OnBroken;
  readonly onEncoding: (encoding: FileEncoding) => void;
  readonly encoding: WrittenEncoding | undefined;
}

/** A file that its readers go back and forth in. */
function* columns(path: string, size: number, onProgress: OpenOptions['onProgress']): Generator<FoundRow> {
  const file = openSync(path, 'r');
  let furthest = 0;
  const read = (from: number, to: number) => {
    const bytes = Buffer.alloc(Math.max(to - from, 0));
    const count = readSync(file, bytes, 0, bytes.length, from);
    furthest = Math.max(furthest, Math.min(to, size - 1));
    return bytes.subarray(0, count);
  };
  try {
    const head = read(0, 6);
    const type = typeOf(basename(path)) ?? columnarType(head);
    if (!isColumnar(type)) return;
    for (const rows of columnarRows(type, { size, read })) {
      onProgress?.(furthest, size);
      for (const value of rows) yield { value };
    }
    onProgress?.(size, size);
  } finally {
    closeSync(file);
  }
}

async function guessed(path: string, pieceSize: number) {
  const guess = new JapaneseGuess();
  for await (const piece of piecesOfFile(path, { pieceSize })) {
    guess.push(piece);
    if (!guess.isOpen()) return undefined;
  }
  guess.push(Buffer.alloc(0), true);
  return guess.best();
}

async function* letters(path: string, settings: Settings): AsyncGenerator<FoundRow> {
  const type = typeOf(basename(path));
  if (isColumnar(type)) return;
  const reading = new Reading(type, settings.onBroken, settings.encoding);
  const settled = async (rows: FoundRow[]) =>
    reading.decoder.asks ? [...rows, ...reading.settle(await guessed(path, settings.pieceSize))] : rows;
  for await (const piece of piecesOfFile(path, settings)) yield* await settled(reading.push(piece));
  yield* await settled(reading.last());
  yield* reading.end();
  if (reading.decoder.encoding) settings.onEncoding(reading.decoder.encoding);
}

/** What the first bytes say, unpacked. */
async function columnarHere(path: string) {
  const head = headOf(path);
  if (!packingOf(head)) return columnarType(head);
  try {
    for await (const piece of piecesOfFile(path, { pieceSize: 1024 })) return columnarType(piece);
  } catch (caught) {
    // Who reads it says so.
    if (!(caught instanceof BrokenData)) throw caught;
  }
  return undefined;
}

async function* found(path: string, options: OpenOptions): AsyncGenerator<FoundRow> {
  const { size } = statOf(path);
  if (size === 0) throw new BrokenData('data/empty', 'is empty', 'Write rows into it.');
  const { pieceSize = 1024 ** 2, onProgress, onBroken, onWriting } = options;
  const type = typeOf(basename(path)) ?? (await columnarHere(path));
  let encoding: FileEncoding | undefined;
  const onEncoding = (found: FileEncoding) => {
    encoding = found;
  };
  const { encoding: said } = options;
  if (isColumnar(type) && said) throw withoutEncoding(type);
  if (!isColumnar(type)) yield* letters(path, { pieceSize, onProgress, onBroken, onEncoding, encoding: said });
  // A packed one cannot be read from its end.
  else if (packingOf(headOf(path))) yield* readDataFile(path).rows.values.map((value) => ({ value }));
  else yield* columns(path, size, onProgress);
  onWriting?.({ ...(type ? { type } : {}), ...(encoding ? { encoding } : {}) });
}

/**
 * `path` is absolute. Throws BrokenData where `readDataFile` would, behind the rows before it; such a file has no rows for
 * a plan. Files may be of any size; a row may not.
 */
export async function* openRows(path: string, options: OpenOptions = {}): AsyncGenerator<DataRow> {
  let number = 0;
  for await (const row of found(path, options)) {
    number += 1;
    yield { ...row, number };
  }
  if (number === 0) throw new BrokenData('data/empty', 'has no rows', 'Write rows into it.');
}
