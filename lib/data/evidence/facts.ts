/** What is known of a run's rows before it starts, as a plan holds it. */
import type { Sha } from '../../base/hash.ts';

/** The rows of one part, and what becomes of them; the names are those of the trainer's own manifest of tokens. */
export interface PartTokens {
  /** That come in. */
  readonly rows: number;
  /** Left out: the cut has taken all that would be learnt; there is nothing in them that would be; or a fix asks for it. */
  readonly dropped: { readonly cutOff: number; readonly untrained: number; readonly tooLong?: number };
  /** Too long, and therefore several; absent where no fix asks for it. */
  readonly split?: { readonly rows: number; readonly into: number };
  /** Lose tokens at the maximum length, and are learnt from. */
  readonly cut: number;
  /** Of all rows, before anything is cut. */
  readonly tokensBefore: number;
  /** That are trained on: a row each, but where rows are packed. */
  readonly sequences: number;
  /** Of these. */
  readonly tokens: number;
  /** Those of them whose loss counts. */
  readonly trainedTokens: number;
}

/** Token counts of what is trained on, and of what is held out. */
export interface TokenFacts {
  /** Of the tokenizer that they were counted with. */
  readonly tokenizer: Sha;
  /** It is the one that the trainer has loaded; else a repository's own tokenizer.json, whose ids may be others. */
  readonly isLoaded: boolean;
  /** To train on. */
  readonly train: PartTokens;
  /** Held out. */
  readonly evaluation?: PartTokens;
}

/** Why tokens are not known. */
export interface TokensUnknown {
  /** Goes on from "tokens unknown: ". */
  readonly unknown: string;
  /** What makes them known; absent where they will be by themselves. */
  readonly fix?: string;
}

/** What is known of the rows that a run takes. */
export interface DataEvidence {
  /** Most tokens of a row, or of a sequence that rows are packed into. */
  readonly maxLength?: number;
  /** Rows are packed into sequences. */
  readonly packing?: true;
  /** Counted, or why not. */
  readonly tokens: TokenFacts | TokensUnknown;
}

export const isKnown = (tokens: DataEvidence['tokens']): tokens is TokenFacts => 'train' in tokens;
