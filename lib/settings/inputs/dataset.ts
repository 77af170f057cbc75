/** What users write. Made from the settings table by `npm run docs`: change that, not this. */
import type { Overrides } from '../documents.ts';

/** Settings of `Dataset.fromFile()`. */
export interface FileDatasetInput {
  /**
   * JSON (an array of objects), JSON lines, .csv, .tsv, .txt, .parquet or .arrow, as they are or as .gz or .zst, or a
   * folder of save_to_disk; one path, or several read in their order. Relative to the project’s folder; * ** ? [ ] \{
   * \} match names. Change: cosmetic.
   */
  readonly path: string | readonly string[];
  /**
   * Encoding of the files’ letters, where what is found by itself is wrong; shift_jis is code page 932. Default: found
   * by a mark, or by what the bytes say. Change: cosmetic.
   */
  readonly encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'shift_jis' | 'euc-jp' | undefined;
  /**
   * Shape of the rows; where it is not written, it is found by the columns of the first row. Fills
   * `train.json#/data/format`. Change: semantic.
   */
  readonly format?: 'alpaca' | 'prompt' | 'text' | 'messages' | 'sharegpt' | undefined;
  /**
   * How a row becomes text: a name, or a Jinja file of the project. Default: alpaca for alpaca, plain for prompt and
   * text, and for messages and sharegpt the chat template of the model’s tokenizer (model). docs/templates.md shows
   * each. Fills `train.json#/data/template`. Change: semantic.
   */
  readonly template?: 'alpaca' | 'plain' | 'chatml' | 'llama2' | 'llama3' | 'gemma' | 'mistral' | 'phi' | 'qwen' | 'model' | { readonly file: string; } | undefined;
  /**
   * What the data calls a column of the format, where that is another name. Fills `train.json#/data/columns`. Change:
   * semantic.
   */
  readonly columns?: ColumnsInput | undefined;
  /** What is done about rows before they are learnt from; docs/data.md, Fixes. */
  readonly fix?: FixInput | undefined;
  /**
   * Take this many rows, or `{ share: 0.1 }` of them (to the nearest, halves up, at least one), drawn with the seed;
   * default all. Fills `train.json#/data/samples`. Change: semantic.
   */
  readonly samples?: number | { readonly share: number; } | undefined;
  /**
   * Seed of sampling and of the evaluation split. Value: whole number from 0 to 4294967295. Default: `42`. Fills
   * `train.json#/data/seed`. Change: semantic.
   */
  readonly seed?: number | undefined;
  /**
   * Rows to evaluate on: `{ share: 0.1 }` of the rows, held out (by content: each row by what it says, so that it
   * stays on its side when others are added); of files also files of their own, `{ path }`, read as the others are; of
   * the Hub also another split, `{ split }`. Fills `train.json#/data/evaluation`. Change: semantic.
   */
  readonly evaluation?: { readonly share: number; readonly by?: 'content' | undefined; } | { readonly path: string | readonly string[]; } | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** Settings of `Dataset.fromHub()`. */
export interface HubDatasetInput {
  /** Hub id of the dataset. Fills `train.json#/data/id`. Change: semantic. */
  readonly id?: string | undefined;
  /** Commit, tag or branch; a commit pins it. Fills `train.json#/data/revision`. Change: semantic. */
  readonly revision?: string | undefined;
  /**
   * The Hub’s token, by reference: secret.fromEnv(NAME) or secret.fromFile(PATH). Default: as the Hub’s own client
   * finds it. Fills `train.json#/data/token`. Change: operational.
   */
  readonly token?: { readonly fromEnv: string; } | { readonly fromFile: string; } | undefined;
  /** Configuration (subset) of the dataset. Fills `train.json#/data/config`. Change: semantic. */
  readonly config?: string | undefined;
  /** Split to read. Default: `train`. Fills `train.json#/data/split`. Change: semantic. */
  readonly split?: string | undefined;
  /**
   * Shape of the rows; of files, where it is not written, it is found by the columns of the first row. Default:
   * `alpaca`. Fills `train.json#/data/format`. Change: semantic.
   */
  readonly format?: 'alpaca' | 'prompt' | 'text' | 'messages' | 'sharegpt' | undefined;
  /**
   * How a row becomes text: a name, or a Jinja file of the project. Default: alpaca for alpaca, plain for prompt and
   * text, and for messages and sharegpt the chat template of the model’s tokenizer (model). docs/templates.md shows
   * each. Fills `train.json#/data/template`. Change: semantic.
   */
  readonly template?: 'alpaca' | 'plain' | 'chatml' | 'llama2' | 'llama3' | 'gemma' | 'mistral' | 'phi' | 'qwen' | 'model' | { readonly file: string; } | undefined;
  /**
   * What the data calls a column of the format, where that is another name. Fills `train.json#/data/columns`. Change:
   * semantic.
   */
  readonly columns?: ColumnsInput | undefined;
  /** What is done about rows before they are learnt from; docs/data.md, Fixes. */
  readonly fix?: FixInput | undefined;
  /**
   * Take this many rows, or `{ share: 0.1 }` of them (to the nearest, halves up, at least one), drawn with the seed;
   * default all. Fills `train.json#/data/samples`. Change: semantic.
   */
  readonly samples?: number | { readonly share: number; } | undefined;
  /**
   * Seed of sampling and of the evaluation split. Value: whole number from 0 to 4294967295. Default: `42`. Fills
   * `train.json#/data/seed`. Change: semantic.
   */
  readonly seed?: number | undefined;
  /**
   * Rows to evaluate on: `{ share: 0.1 }` of the rows, held out (by content: each row by what it says, so that it
   * stays on its side when others are added); of files also files of their own, `{ path }`, read as the others are; of
   * the Hub also another split, `{ split }`. Fills `train.json#/data/evaluation`. Change: semantic.
   */
  readonly evaluation?: { readonly share: number; readonly by?: 'content' | undefined; } | { readonly split: string; } | undefined;
  /**
   * A well-known dataset, in the place of id, format and columns: alpaca, dolly, wizardlm or wizardlm-v2. docs/data.md
   * has their sources and licences. Fills `train.json#/data/id`. Change: semantic.
   */
  readonly preset?: 'alpaca' | 'dolly' | 'wizardlm' | 'wizardlm-v2' | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** What the data calls the columns of the format, by the format’s own names. */
export interface ColumnsInput {
  /** alpaca: what is asked. Fills `train.json#/data/columns/instruction`. Change: semantic. */
  readonly instruction?: string | undefined;
  /** alpaca: the answer. Fills `train.json#/data/columns/output`. Change: semantic. */
  readonly output?: string | undefined;
  /**
   * alpaca: what it is asked about; may be missing or empty. Fills `train.json#/data/columns/input`. Change: semantic.
   */
  readonly input?: string | undefined;
  /** prompt: what stands before the answer. Fills `train.json#/data/columns/prompt`. Change: semantic. */
  readonly prompt?: string | undefined;
  /** prompt: the answer. Fills `train.json#/data/columns/completion`. Change: semantic. */
  readonly completion?: string | undefined;
  /** text: all of the text. Fills `train.json#/data/columns/text`. Change: semantic. */
  readonly text?: string | undefined;
  /**
   * messages: a list of messages, each with role and content. Fills `train.json#/data/columns/messages`. Change:
   * semantic.
   */
  readonly messages?: string | undefined;
  /**
   * messages and sharegpt: the tools that may be called. Fills `train.json#/data/columns/tools`. Change: semantic.
   */
  readonly tools?: string | undefined;
  /**
   * sharegpt: a list of messages, each with from and value. Fills `train.json#/data/columns/conversations`. Change:
   * semantic.
   */
  readonly conversations?: string | undefined;
  /**
   * sharegpt: the system message, where it is a column of its own. Fills `train.json#/data/columns/system`. Change:
   * semantic.
   */
  readonly system?: string | undefined;
}

/** What is done about rows before they are learnt from; docs/data.md, Fixes. */
export interface FixInput {
  /**
   * Leave out rows: unusable (the format cannot read them), no-answer (a dialogue without an assistant), empty-answer,
   * empty-question, too-long (more tokens than maxLength). Fills `train.json#/data/fix/drop`. Change: semantic.
   */
  readonly drop?: readonly ('unusable' | 'no-answer' | 'empty-answer' | 'empty-question' | 'too-long')[] | undefined;
  /**
   * Leave out rows that an earlier one is alike: in all that is used of them (rows), or in what they ask (questions).
   * Fills `train.json#/data/fix/dedupe`. Change: semantic.
   */
  readonly dedupe?: 'rows' | 'questions' | undefined;
  /**
   * What stays of a row of more tokens than maxLength; keep_start where it is not written. Fills
   * `train.json#/sft/truncation_mode`. Change: semantic.
   */
  readonly truncate?: 'keep_start' | 'keep_end' | undefined;
  /**
   * Rows of text with more tokens than maxLength become several, of nearly the same length, and nothing of them is
   * lost. Fills `train.json#/data/fix/split`. Change: semantic.
   */
  readonly split?: boolean | undefined;
}
