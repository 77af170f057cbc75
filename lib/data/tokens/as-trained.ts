/**
 * What TRL 1.16 makes of a row: SFTTrainer._prepare_dataset, step by step, for rows of plain text. A test compares ids
 * and labels with those of the real one.
 */
import type { Tokenizer } from './tokenizer.ts';

/** A row as the trainer hands it to TRL: the text of shape `text`, or what is asked and what is answered. */
export type PlainRow = { readonly text: string } | { readonly prompt: string; readonly completion: string };

/** The keyword arguments of SFTConfig that decide what is learnt of a row, under their meaning. */
export interface TokenSettings {
  /** `max_length`; undefined: nothing is cut. */
  readonly maxLength: number | undefined;
  /** `completion_only_loss`. */
  readonly completionOnly: boolean;
  /** `packing`: rows are cut where sequences are made of them, not before. */
  readonly packing: boolean;
  /** `truncation_mode`: keep_end. */
  readonly keepsEnd?: boolean;
}

export interface Tokens {
  /** As they are trained on: cut. */
  readonly ids: Uint32Array;
  /** 1 where the loss counts. */
  readonly trained: Uint8Array;
  /** Tokens before the cut. */
  readonly whole: number;
  /** Trained tokens before the cut. */
  readonly wholeTrained: number;
  /** TRL leaves the row out: the cut has left nothing to train on. */
  readonly isDropped: boolean;
  /** Tokens that the prompt has alone and not before its completion: they merge across the border. */
  readonly merged: number;
}

/** The text whose tokens are trained on, and the prompt where there is one. EOS ends it, unless it is written there. */
function texts(row: PlainRow, eos: string): { readonly text: string; readonly prompt?: string } {
  const ended = (text: string) => (text.endsWith(eos) ? text : text + eos);
  if ('text' in row) return { text: ended(row.text) };
  return { text: row.prompt + ended(row.completion), prompt: row.prompt };
}

/** How many leading ids two texts have in common. */
function commonPrefix(a: Uint32Array, b: Uint32Array): number {
  const most = Math.min(a.length, b.length);
  for (let at = 0; at < most; at += 1) if (a[at] !== b[at]) return at;
  return most;
}

function count(trained: Uint8Array): number {
  let sum = 0;
  for (const bit of trained) sum += bit;
  return sum;
}

function cut<T extends Uint32Array | Uint8Array>(values: T, { maxLength, packing, keepsEnd }: TokenSettings): T {
  if (maxLength === undefined || packing || values.length <= maxLength) return values;
  return (keepsEnd ? values.subarray(-maxLength) : values.subarray(0, maxLength)) as T;
}

function labelled(ids: Uint32Array, prompt: Uint32Array | undefined, settings: TokenSettings): Tokens {
  const border = prompt ? commonPrefix(prompt, ids) : 0;
  const trained = new Uint8Array(ids.length).fill(1);
  if (settings.completionOnly && prompt) trained.fill(0, 0, border);
  const kept = cut(trained, settings);
  return {
    ids: cut(ids, settings),
    trained: kept,
    whole: ids.length,
    wholeTrained: count(trained),
    // TRL filters only where it cuts: a row of no token at all stays where nothing is cut.
    isDropped: settings.maxLength !== undefined && !settings.packing && count(kept) === 0,
    merged: prompt ? prompt.length - border : 0,
  };
}

/** Each row’s tokens. `eos` is the tokenizer’s own: without one TRL fails. */
export async function tokensOf(
  rows: readonly PlainRow[],
  tokenizer: Tokenizer & { readonly eos: string },
  settings: TokenSettings,
): Promise<Tokens[]> {
  const parts = rows.map((row) => texts(row, tokenizer.eos));
  const whole = await tokenizer.encode(parts.map(({ text }) => text));
  const asked = await tokenizer.encode(parts.flatMap(({ prompt }) => (prompt === undefined ? [] : [prompt])));
  let next = 0;
  return parts.map(({ prompt }, at) =>
    labelled(whole[at] as Uint32Array, prompt === undefined ? undefined : asked[next++], settings),
  );
}
