/** What readers of text in pieces take and give. */
import type { BrokenData } from '../broken.ts';

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
