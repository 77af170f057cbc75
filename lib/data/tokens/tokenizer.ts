/** Text to token ids, as the tokenizer does that the trainer has loaded. */
import { type Sha, sha256 } from '../../base/hash.ts';
import { loadBinding, type NativeTokenizer } from './binding.ts';

/** What a tokenizer is made of: the text of its tokenizer.json, and what stands beside it. */
export interface TokenizerParts {
  readonly json: string;
  readonly eos?: string | undefined;
  /** It reads its special tokens in a text as plain text: a setting of transformers that tokenizer.json does not hold. */
  readonly splitsSpecialTokens?: boolean | undefined;
}

export interface Tokenizer {
  /** Of its tokenizer.json and what stands beside it: two of one hash make the same ids. */
  readonly hash: Sha;
  /** Absent: it has none, and TRL cannot end a text. */
  readonly eos?: string;
  /** The ids of each text, with the special tokens that the tokenizer itself adds, and nothing cut. */
  encode(texts: readonly string[]): Promise<Uint32Array[]>;
}

/** Why there are no token ids. `message` goes on from "tokens unknown: ". */
export class NoTokens extends Error {}

/** Throws NoTokens. */
export async function openTokenizer({ json, eos, splitsSpecialTokens = false }: TokenizerParts): Promise<Tokenizer> {
  if (splitsSpecialTokens)
    throw new NoTokens('the tokenizer splits its special tokens, which the npm package cannot be told');
  const loaded = await loadBinding();
  if ('missing' in loaded) throw new NoTokens(loaded.missing);
  const native = parsed(() => loaded.native.Tokenizer.fromString(json));
  native.disableTruncation();
  native.disablePadding();
  if (eos !== undefined && native.tokenToId(eos) === null)
    throw new NoTokens(`the tokenizer’s EOS token ${JSON.stringify(eos)} is none of its tokens`);
  const encode = async (texts: readonly string[]) => {
    const encodings = await native.encodeBatch(texts, { addSpecialTokens: true });
    return encodings.map((encoding) => Uint32Array.from(encoding.getIds()));
  };
  return {
    hash: sha256(`${sha256(json)} ${JSON.stringify(eos ?? null)}`),
    ...(eos === undefined ? {} : { eos }),
    encode,
  };
}

function parsed(make: () => NativeTokenizer): NativeTokenizer {
  try {
    return make();
  } catch (caught) {
    throw new NoTokens(`tokenizer.json cannot be read (${caught instanceof Error ? caught.message : caught})`);
  }
}
