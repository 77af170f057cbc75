/** Text to token ids, as the tokenizer does that the trainer has loaded. */
import { type Sha, sha256 } from '../../base/hash.ts';
import type { SpecialTokens } from '../template/render.ts';
import { loadBinding, type NativeTokenizer } from './binding.ts';
import { bordersOf } from './borders.ts';
import { ByParts } from './by-parts.ts';
import { hazardOf } from './hazards.ts';
import { type Begun, type Located, type LocatedTokens, type Parted, pointAt } from './located.ts';
import type { Added } from './parts.ts';

/** What a tokenizer is made of: the text of its tokenizer.json, and what stands beside it. */
export interface TokenizerParts {
  readonly json: string;
  readonly eos?: string | undefined;
  /** Under transformers’ names, as templates write them: bos_token, eos_token. */
  readonly special?: SpecialTokens | undefined;
  /** Its chat template in Jinja, or several by name. */
  readonly template?: string | Readonly<Record<string, string>> | undefined;
  /**
   * What TRL renders dialogues with in the template’s place, where the loss is on answers: it marks them. null: TRL has none,
   * or needs none; undefined: it was not asked.
   */
  readonly training?: string | null | undefined;
  /** It reads its special tokens in a text as plain text: a setting of transformers that tokenizer.json does not hold. */
  readonly splitsSpecialTokens?: boolean | undefined;
}

export interface Tokenizer {
  /** Of its tokenizer.json and what stands beside it: two of one hash make the same ids. */
  readonly hash: Sha;
  /** Absent: it has none, and TRL cannot end a text. */
  readonly eos?: string;
  readonly special: SpecialTokens;
  readonly template?: string | Readonly<Record<string, string>>;
  readonly training?: string | null;
  /** The ids of each text, nothing cut. `addsSpecialTokens`: with those that the tokenizer itself adds, as BOS; so by itself. */
  encode(texts: readonly string[], addsSpecialTokens?: boolean): Promise<Uint32Array[]>;
  /** The ids of each text without tokens that are added, and which of them holds each of its letters that are asked for. */
  locate(texts: readonly Located[]): Promise<LocatedTokens[]>;
  /** The ids of each text, and those of a begin of it by itself; there where it costs less than to encode both. */
  readonly part?: (texts: readonly Begun[], addsSpecialTokens: boolean) => Promise<Parted[]>;
}

/** Why there are no token ids. `message` goes on from "tokens unknown: ". */
export class NoTokens extends Error {}

/** Throws NoTokens. */
export async function openTokenizer(parts: TokenizerParts): Promise<Tokenizer> {
  const { json, eos, special = {}, template, training, splitsSpecialTokens = false } = parts;
  if (splitsSpecialTokens)
    throw new NoTokens('the tokenizer splits its special tokens, which the npm package cannot be told');
  const loaded = await loadBinding();
  if ('missing' in loaded) throw new NoTokens(loaded.missing);
  const hazard = hazardOf(json);
  if (hazard !== undefined) throw new NoTokens(`tokenizer.json cannot be read (${hazard})`);
  const native = guarded(parsed(() => loaded.native.Tokenizer.fromString(json)));
  native.disableTruncation();
  native.disablePadding();
  if (eos !== undefined && native.tokenToId(eos) === null)
    throw new NoTokens(`the tokenizer’s EOS token ${JSON.stringify(eos)} is none of its tokens`);
  return {
    hash: sha256(`${sha256(json)} ${JSON.stringify(eos ?? null)}`),
    ...(eos === undefined ? {} : { eos }),
    special: { ...special, ...(eos === undefined ? {} : { eos_token: eos }) },
    ...(template === undefined ? {} : { template }),
    ...(training === undefined ? {} : { training }),
    ...(await fastEncoding(native, json)),
  };
}

function encoding(native: NativeTokenizer): Pick<Tokenizer, 'encode' | 'locate'> {
  return {
    encode: async (texts, addSpecialTokens = true) => {
      const encodings = await native.encodeBatch(texts, { addSpecialTokens });
      return encodings.map((one) => Uint32Array.from(one.getIds()));
    },
    locate: async (rows) => {
      const texts = rows.map(({ text }) => text);
      const encodings = await native.encodeBatch(texts, { addSpecialTokens: false });
      return encodings.map((one, at) => {
        const { text, letters } = rows[at] as Located;
        const tokens = letters.map((letter) => one.charToToken(pointAt(text, letter)));
        return { ids: Uint32Array.from(one.getIds()), tokens };
      });
    },
  };
}

/** What it adds before and behind a text. Undefined where that is not to be told. */
async function addedBy(native: NativeTokenizer): Promise<Added | undefined> {
  const [bare, ended] = await Promise.all(
    [false, true].map(async (addSpecialTokens) => (await native.encodeBatch(['a'], { addSpecialTokens }))[0]?.getIds()),
  );
  if (!bare || !ended) return undefined;
  const at = ended.findIndex((_, from) => bare.every((id, index) => ended[from + index] === id));
  return at === -1 ? undefined : [ended.slice(0, at), ended.slice(at + bare.length)];
}

/** By way of parts where that is known to make the same ids. */
async function fastEncoding(
  native: NativeTokenizer,
  json: string,
): Promise<Pick<Tokenizer, 'encode' | 'locate' | 'part'>> {
  const slow = encoding(native);
  const borders = bordersOf(json);
  const added = borders && (await addedBy(native));
  if (!borders || !added) return slow;
  const parts = new ByParts(native, borders, added);
  return {
    encode: (texts, addsSpecialTokens = true) => parts.encode(texts, addsSpecialTokens),
    part: (rows, addsSpecialTokens) => parts.part(rows, addsSpecialTokens),
    locate: (rows) => (borders.keepsLetters ? parts : slow).locate(rows),
  };
}

const messageOf = (caught: unknown) => (caught instanceof Error ? caught.message : String(caught));

/** A tokenizer may be read and still be none for a text: one without the token for what is unknown to it. */
function guarded(native: NativeTokenizer): NativeTokenizer {
  return {
    encodeBatch: async (texts, options) => {
      try {
        return await native.encodeBatch(texts, options);
      } catch (caught) {
        throw new NoTokens(`the tokenizer cannot take a text (${messageOf(caught)})`);
      }
    },
    tokenToId: (token) => native.tokenToId(token),
    disableTruncation: () => native.disableTruncation(),
    disablePadding: () => native.disablePadding(),
  };
}

function parsed(make: () => NativeTokenizer): NativeTokenizer {
  try {
    return make();
  } catch (caught) {
    throw new NoTokens(`tokenizer.json cannot be read (${messageOf(caught)})`);
  }
}
