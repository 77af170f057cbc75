/** What is told of a dataset that was gone through, as plain data. */
import type { Sha } from '../../base/hash.ts';
import type { Spread } from '../survey/spread.ts';

/** A file that was read. */
export interface InspectedFile {
  /** As it was named. */
  readonly path: string;
  /** Of its bytes as they lie there. */
  readonly sha256: Sha;
  /** Its size. */
  readonly bytes: number;
  /** Its rows. */
  readonly rows: number;
  /** `json`: an array, or lines. */
  readonly type: string;
  /** By the names of the WHATWG Encoding Standard. */
  readonly encoding: string;
}

/** Tokens of the rows, by the tokenizer that was named. */
export interface TokenFacts {
  /** The file, or the model. */
  readonly tokenizer: string;
  /** Tokens a row. */
  readonly tokens: Spread;
  /** Tokens that a loss is computed of, a row. */
  readonly trained: Spread;
  /** The longest that a row may be; absent where no run says so. */
  readonly limit?: number;
  /** Rows that are longer, and tokens that are cut from them. */
  readonly cut: { readonly rows: number; readonly tokens: number };
}

/** A row as the model will see it. */
export interface DataSample {
  /** As it was named. */
  readonly file: string;
  /** From 1; absent where the file has no lines. */
  readonly line?: number;
  /** Of its file, from 1. */
  readonly row: number;
  /** `rendered`: by the template; `columns`: as they stand, where there is no template or it cannot render the row. */
  readonly shown: 'rendered' | 'columns';
  /** What looks like a secret or is someone’s data is written as asterisks. */
  readonly text: string;
  /** Parts of `text` that are learnt: from, to (behind the last), in UTF-16 code units. */
  readonly trained: readonly (readonly [from: number, to: number])[];
}
