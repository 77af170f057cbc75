/** Rows of a text that comes in pieces, cut anywhere: the same rows, lines and mistakes as of the whole (rows.ts, tables.ts). */
import type { FileType } from '../../settings/formats.ts';
import type { BrokenData } from '../broken.ts';
import type { ColumnarType } from '../columnar.ts';
import { JsonPieces } from './json-pieces.ts';
import { TablePieces } from './table-pieces.ts';
import { LinePieces } from './text-pieces.ts';

export interface DataRow {
  readonly value: unknown;
  /** From 1, within the file. */
  readonly number: number;
  /** On which it begins, from 1; absent where a file has no lines. */
  readonly line?: number;
  /** Keys that it has more than once. */
  readonly repeated?: readonly string[];
}

export type FoundRow = Omit<DataRow, 'number'>;

/** Told of what is no row, which is passed over then. Without it, the first one ends the reading. */
export type OnBroken = ((broken: BrokenData) => void) | undefined;

export interface Pieces {
  /** The rows that are whole by now. Throws BrokenData. */
  push(text: string): FoundRow[];
  /** Behind a mistake: what the rest would make of it. */
  after(text: string): void;
  /** The rows that end with the text, or the mistake that counts. Throws BrokenData. */
  end(): FoundRow[];
}

export type LetteredType = Exclude<FileType, ColumnarType>;

export function piecesOf(type: LetteredType | undefined, onBroken: OnBroken): Pieces {
  if (type === undefined) return new JsonPieces(onBroken);
  return type === 'text' ? new LinePieces() : new TablePieces(type === 'csv' ? ',' : '\t', onBroken);
}
