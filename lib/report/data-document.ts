/** The document of `sft data inspect --json`. */
import type { DataFinding } from '../data/judge/finding.ts';
import type { DataSample, InspectedFile, TakenRows, TokenFacts } from '../data/review/facts.ts';
import type { ColumnFacts } from '../data/survey/columns.ts';
import type { Spread } from '../data/survey/spread.ts';

export type { DataSample, InspectedFile, TakenRows, TokenFacts };

/** What `sft data inspect --json` prints. */
export interface DataInspectDocument {
  /** Grows where a program that reads it must be changed. */
  readonly format_version: '1.0';
  /** Of all files. */
  readonly rows: number;
  /** Those that a run draws, which are judged; absent where no run says so, and all are. */
  readonly taken?: TakenRows;
  /** The shape of the rows; null where they fit none. */
  readonly format: string | null;
  /** What makes text of them; `model`: the template that the model’s tokenizer has. null where the format is not known. */
  readonly template: string | null;
  /** In the order in which they are read. */
  readonly files: readonly InspectedFile[];
  /** In the order in which rows have them; the first 64. */
  readonly columns: readonly ColumnFacts[];
  /** Characters of all texts of a row. */
  readonly characters: Spread;
  /** null: they are not known. */
  readonly tokens: TokenFacts | null;
  /** Why they are not known. */
  readonly tokensUnknown?: string;
  /** Rows that are the same as one before them, or almost. */
  readonly duplicates: { readonly exact: number; readonly near: number; readonly approximate: boolean };
  /** Errors first. */
  readonly findings: readonly DataFinding[];
  /** Rows as the model will see them. */
  readonly samples: readonly DataSample[];
}
