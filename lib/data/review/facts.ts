/** What is told of a dataset that was gone through, as plain data. */
import type { Sha } from '../../base/hash.ts';
import type { Format } from '../../settings/formats.ts';
import type { DataFinding } from '../judge/finding.ts';
import type { ColumnFacts } from '../survey/columns.ts';
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

/** Tokens of the rows that are learnt from, or judged by: all of them, where no run draws some. */
export interface TokenFacts {
  /** The tokenizer, as it was named: a file, a folder or a model. */
  readonly tokenizer: string;
  /** It is the one that the trainer has loaded; else a tokenizer.json as it was found, whose ids may be others. */
  readonly loaded: boolean;
  /** Tokens a row, before anything is cut. */
  readonly tokens: Spread;
  /** Tokens that a loss is computed of, a row: after the cut, of the rows that are left. */
  readonly trained: Spread;
  /** Tokens of the rows that are left, after the cut: what one pass reads. */
  readonly read: number;
  /** The longest that a row may be; absent where no run says so, or rows are packed first. */
  readonly limit?: number;
  /** Rows that are longer, and tokens that are cut from them. */
  readonly cut: { readonly rows: number; readonly tokens: number };
  /** Rows that are left out: nothing in them would be learnt, once they are cut. */
  readonly dropped: number;
  /** Rows over the limit, where the dataset’s `fix` drops or splits them; absent where it says nothing of them. */
  readonly tooLong?: { readonly rows: number; readonly fix: 'drop' | 'split' };
}

/** Rows that a run draws. */
export interface TakenRows {
  /** To train on. */
  readonly train: number;
  /** To evaluate on. */
  readonly evaluation: number;
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

/** What one pass has found. */
export interface Review {
  /** Of all files. */
  readonly rows: number;
  /** Those that a run draws, which are judged; absent where no run says so, and all are. */
  readonly taken?: TakenRows;
  readonly files: readonly InspectedFile[];
  /** null: the rows fit none. */
  readonly format: Format | null;
  /** By its name. null where the format is not known. */
  readonly template: string | null;
  readonly columns: readonly ColumnFacts[];
  /** Characters of all texts of a row. */
  readonly characters: Spread;
  /** null: they are not known. */
  readonly tokens: TokenFacts | null;
  /** Why they are not known, where a tokenizer was given. */
  readonly tokensUnknown?: string;
  /** Worst first. */
  readonly findings: readonly DataFinding[];
  readonly samples: readonly DataSample[];
  /** A line of a file is no row: it is told, and no run would take such a file. */
  readonly hasBrokenLines: boolean;
}
