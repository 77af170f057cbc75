/**
 * What the trainer makes of a row (tokenise.py), and so TRL 1.16 by SFTTrainer._prepare_dataset. A test compares ids and
 * labels with those of the real ones.
 */
import type { Rendered, Spans } from '../template/render.ts';
import { commonPrefix, type Parted } from './located.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Tokens of a row, before anything is cut. */
export interface Labelled {
  readonly ids: Uint32Array;
  /** 1 where the loss counts. */
  readonly trained: Uint8Array;
  /** Tokens that the prompt has alone and not before its answer: they merge across the border, or the template writes others. */
  readonly merged: number;
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

/**
 * Of rows that one template has rendered, each row’s tokens. Rows of a data set are of one kind; of several, each kind goes
 * by itself.
 */
export async function tokensOf(rows: readonly Rendered[], tokenizer: Tokenizer): Promise<Labelled[]> {
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
    const some = await tokensOf(
      own.map((at) => rows[at] as Rendered),
      tokenizer,
    );
    for (const [index, one] of some.entries()) found[own[index] as number] = one;
  }
  return found;
}

const kindOf = (row: Rendered) => `${hasBlocks(row)} ${hasPrompt(row)}`;
