/**
 * What the trainer makes of a row (tokenise.py), and so TRL 1.16 by SFTTrainer._prepare_dataset. A test compares ids and
 * labels with those of the real ones.
 */
import type { Rendered, Spans } from '../template/render.ts';
import { commonPrefix, type Parted } from './located.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What becomes of a row that is too long. */
export interface TokenSettings {
  /** `max_length`; undefined: nothing is cut. */
  readonly maxLength: number | undefined;
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
  /** Tokens that the prompt has alone and not before its answer: they merge across the border, or the template writes others. */
  readonly merged: number;
}

/** Before the cut. */
export interface Labelled {
  readonly ids: Uint32Array;
  readonly trained: Uint8Array;
  readonly merged: number;
}

function count(trained: Uint8Array): number {
  let sum = 0;
  for (const bit of trained) sum += bit;
  return sum;
}

/** What is left of a row, of which nothing is cut yet. */
export function cut({ ids, trained, merged }: Labelled, { maxLength, packing, keepsEnd }: TokenSettings): Tokens {
  const whole = ids.length;
  const wholeTrained = count(trained);
  const told = { whole, wholeTrained, merged };
  if (maxLength === undefined || packing) return { ids, trained, ...told, isDropped: false };
  if (whole <= maxLength) return { ids, trained, ...told, isDropped: wholeTrained === 0 };
  const [from, to] = keepsEnd ? [whole - maxLength, whole] : [0, maxLength];
  const kept = trained.subarray(from, to);
  return { ids: ids.subarray(from, to), trained: kept, ...told, isDropped: count(kept) === 0 };
}

const asTrained = (ids: Uint32Array): Labelled => ({ ids, trained: new Uint8Array(ids.length).fill(1), merged: 0 });

type Prompted = Rendered & { readonly asked: string };

/** Where it is all of their begin, the prompt is not tokenised for itself. */
async function parted(rows: readonly Prompted[], tokenizer: Tokenizer, adds: boolean): Promise<Parted[]> {
  if (tokenizer.part && rows.every(({ text, asked }) => text.startsWith(asked)))
    return tokenizer.part(
      rows.map(({ text, asked }) => ({ text, begin: asked.length })),
      adds,
    );
  const [whole, prompts] = [rows.map(({ text }) => text), rows.map(({ asked }) => asked)];
  const [all, begun] = [await tokenizer.encode(whole, adds), await tokenizer.encode(prompts, adds)];
  return all.map((ids, at) => {
    const prompt = begun[at] as Uint32Array;
    const border = commonPrefix(prompt, ids);
    return { ids, border, merged: prompt.length - border };
  });
}

function answered({ ids, border, merged }: Parted): Labelled {
  const trained = new Uint8Array(ids.length);
  trained.fill(1, border);
  return { ids, trained, merged };
}

/** As apply_chat_template does with return_assistant_tokens_mask: from the token of a block's first letter to that of its last. */
function marked(ids: Uint32Array, tokens: readonly (number | null)[]): Labelled {
  const trained = new Uint8Array(ids.length);
  for (let at = 0; at < tokens.length; at += 2) {
    const [first, last] = [tokens[at] ?? null, tokens[at + 1] ?? null];
    if (first === null) break;
    // A last token of 0 counts as none: such a block goes to the end.
    trained.fill(1, first, last ? Math.max(first, last + 1) : ids.length);
  }
  return { ids, trained, merged: 0 };
}

async function encodedBlocks(rows: readonly { text: string; blocks: Spans }[], tokenizer: Tokenizer) {
  const asked = rows.map(({ text, blocks }) => ({ text, letters: blocks.flatMap(([start, end]) => [start, end - 1]) }));
  return (await tokenizer.locate(asked)).map(({ ids, tokens }) => marked(ids, tokens));
}

const hasPrompt = (row: Rendered): row is Prompted => row.asked !== undefined;
const hasBlocks = (row: Rendered): row is Rendered & { readonly blocks: Spans } => row.blocks !== undefined;

/** Of rows that one template has rendered, each row’s tokens. */
export async function tokensOf(
  rows: readonly Rendered[],
  tokenizer: Tokenizer,
  settings: TokenSettings,
): Promise<Tokens[]> {
  return (await labelled(rows, tokenizer)).map((row) => cut(row, settings));
}

/** Rows of a data set are of one kind; of several, each kind goes by itself. */
async function labelled(rows: readonly Rendered[], tokenizer: Tokenizer): Promise<Labelled[]> {
  const [first] = rows;
  if (!first) return [];
  const adds = first.addsSpecialTokens;
  if (rows.every(hasBlocks)) return encodedBlocks(rows, tokenizer);
  if (rows.every(hasPrompt)) return (await parted(rows, tokenizer, adds)).map(answered);
  if (!rows.some(hasBlocks) && !rows.some(hasPrompt)) {
    const texts = rows.map(({ text }) => text);
    return (await tokenizer.encode(texts, adds)).map(asTrained);
  }
  const found: Labelled[] = [];
  for (const kind of new Set(rows.map(kindOf))) {
    const own = [...rows.keys()].filter((at) => kindOf(rows[at] as Rendered) === kind);
    const some = await labelled(
      own.map((at) => rows[at] as Rendered),
      tokenizer,
    );
    for (const [index, one] of some.entries()) found[own[index] as number] = one;
  }
  return found;
}

const kindOf = (row: Rendered) => `${hasBlocks(row)} ${hasPrompt(row)}`;
