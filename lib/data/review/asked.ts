/** What a pass over rows is asked for. */
import type { ExactFix } from '../../settings/fixes.ts';
import type { Columns, Format, WrittenEncoding } from '../../settings/formats.ts';
import type { FileHashes } from '../file-hashes.ts';
import type { Tokens } from '../judge/row.ts';
import type { Part, PartSettings, Side } from '../part.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import type { NamedTemplate } from './shaping.ts';

/** A tokenizer, and what is said of it. */
export interface NamedTokenizer {
  readonly name: string;
  readonly opened: Tokenizer;
  /** It is the one that the trainer has loaded. */
  readonly isLoaded: boolean;
}

export interface ReviewInput {
  /** The folder that paths are relative to. */
  readonly folder: string;
  /** In the order in which they are read. */
  readonly paths: readonly string[];
  /** Absent: the one whose columns the first rows have. */
  readonly format?: Format | undefined;
  /** What the data calls the format's columns. */
  readonly columns?: Columns | undefined;
  /** Of the files; absent: found by what their bytes say. */
  readonly encoding?: WrittenEncoding | undefined;
  /** Absent: that of the format. */
  readonly template?: NamedTemplate | undefined;
  /** The loss is on answers alone. */
  readonly answersOnly: boolean;
  /** Absent: nothing is tokenised. */
  readonly tokenizer?: NamedTokenizer | undefined;
  /** Most tokens of a row; the rest is cut. */
  readonly maxLength?: number | undefined;
  /** What becomes of a row of more tokens, where it is not cut. */
  readonly tooLong?: 'drop' | 'split' | undefined;
  /** The beginning of such a row is cut, not its end. */
  readonly keepsEnd?: boolean | undefined;
  /** Rows are put together before they are cut: a row by itself is not. */
  readonly packing?: boolean | undefined;
  /** Rows that a dataset leaves out before any is drawn; its format has to be named. */
  readonly fix?: ExactFix | undefined;
  /** Which rows a run draws, and which it is evaluated on; the others are surveyed and not judged. */
  readonly part?: PartSettings | undefined;
  /** The same, where what draws goes by more than these rows; it sees those that are left. */
  readonly draw?: Part | undefined;
  /** Rows of questions and answers are dialogues of two turns: so they are among others. */
  readonly asDialogue?: boolean | undefined;
  /** Told of the tokens of each row that is drawn, before anything is cut. */
  readonly onTokens?: ((side: Side, tokens: Tokens) => void) | undefined;
  /** Rows that are kept to be shown; default: none. */
  readonly samples?: number | undefined;
  /** Of all files, from 1: this one is shown in their place. */
  readonly row?: number | undefined;
  /** Told between rows: how many were seen, and how much of the work is done, from 0 to 1. */
  readonly onProgress?: ((rows: number, done: number) => void) | undefined;
  /** Hashes of files that are known to be what they were. */
  readonly hashes?: FileHashes | undefined;
  /** Ends the pass; nothing of it is left. */
  readonly signal?: AbortSignal | undefined;
}
