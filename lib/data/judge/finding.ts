/** What judging finds, and what a detector is. */
import type { Severity } from '../../finding.ts';
import type { Hash64 } from './hash.ts';
import type { RowView, Said } from './row.ts';

/** Where a finding is. */
export interface Place {
  /** The data file, as it was named. */
  readonly file: string;
  /** Row of its file, from 1; absent where a line is none. */
  readonly row?: number;
  /** Line on which the row begins, from 1; absent where a file has none. */
  readonly line?: number;
  /** Column of the row; absent where it is about the whole row. */
  readonly column?: string;
}

/** Two rows that belong together: the later one, and the earlier one that it resembles. */
export interface Pair {
  /** The later one. */
  readonly row: Place;
  /** The earlier one. */
  readonly of: Place;
  /** From 0 to 1: what the two have in common. */
  readonly similarity: number;
}

/** One thing that is wrong with rows, over all of them. */
export interface DataFinding {
  /** `rows/name`; `sft explain` tells of each. */
  readonly id: string;
  /** How much it matters: an error, a warning or a note. */
  readonly severity: Severity;
  /** Rows it holds of. */
  readonly count: number;
  /** The first ten, in the order of the rows. */
  readonly places: readonly Place[];
  /** The first ten, for what holds of two rows together. */
  readonly pairs?: readonly Pair[];
  /** What `count` may miss or count too much, where it is not exact. */
  readonly approximate?: string;
  /** Figures behind the sentence, by name: shares, lengths, tokens. */
  readonly figures?: Readonly<Record<string, number>>;
  /** What is wrong, one sentence. Nothing of what is personal or secret. */
  readonly message: string;
  /** What to do about it, one sentence. */
  readonly fix: string;
}

/** A row on its way through the detectors. `ordinal` counts from 0 over all files. */
export interface Seen {
  readonly row: RowView;
  readonly ordinal: number;
  /** Texts of its example that are not empty; none where there is no example. */
  readonly said: readonly Said[];
  /** Of all that is asked, of all that answers, and of the whole row. */
  readonly hashes: { readonly asked: Hash64; readonly answer: Hash64; readonly whole: Hash64 };
}

/** The place of a row that went by. */
export type PlaceOf = (ordinal: number, column?: string) => Place;

export interface Detector {
  see(seen: Seen): void;
  /** Called once, behind the last row. */
  findings(places: PlaceOf): readonly DataFinding[];
  /** The same, where it takes long: with pauses between, in which a signal can be heard. */
  steps?(places: PlaceOf): Generator<void, readonly DataFinding[]>;
}

export interface JudgeOptions {
  /** Most tokens of a row that training takes; needs `tokens` of the rows. */
  readonly maxLength?: number;
  /** Id of the token that ends an answer; needs `tokens` of the rows. */
  readonly eosToken?: number;
  /** Special tokens of the tokenizer, beside those that are known of the usual ones. */
  readonly markers?: readonly string[];
  /** Whether a row is of the evaluation set: then rows of both are compared. */
  readonly isEvaluation?: (row: RowView, ordinal: number) => boolean;
  /** Folder for what does not fit in memory; default: the system's. Files there have no name, and end with the process. */
  readonly scratch?: string;
  /** Bytes that may stay in memory before that folder is used; default 64 MiB. */
  readonly memory?: number;
}

/** How many places and pairs a finding names. */
export const shownPlaces = 10;
