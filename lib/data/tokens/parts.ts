/** Token ids of texts by way of their parts (borders.ts): each is tokenised once, however often it stands in the rows. */
import type { NativeEncoding, NativeTokenizer } from './binding.ts';
import type { Borders } from './borders.ts';
import { Growing } from './growing.ts';

/** In UTF-16 units. Longer parts hardly come again: they are not looked up. */
export const longestKept = 64;
/** Beyond so many parts, or tokens of them, all that is kept is forgotten: 60 MB at the most. */
const mostParts = 2 ** 18;
const mostTokens = 2 ** 21;

const space = 0x20;
const lineBreak = 0x0a;

/** White space beyond ASCII, and what some program may hold to be some. */
const wideSpace = /[\u0085\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f\u2060\u2581\u3000\ufeff]/;

/** By unit: 1 where a space behind it is a border. */
function tableOf({ joined }: Borders): Uint8Array {
  const table = new Uint8Array(2 ** 16);
  for (let unit = space + 1; unit < table.length; unit += 1)
    if (unit !== 0x7f && !joined.has(unit) && !wideSpace.test(String.fromCharCode(unit))) table[unit] = 1;
  return table;
}

/** A copy: a slice keeps all of the text that it was cut from. */
const copied = (part: string) => Buffer.from(part, 'utf16le').toString('utf16le');

/** Texts as numbers of their parts, one text after the other. */
export interface Plan {
  readonly parts: Growing;
  /** Where each part begins in its text. */
  readonly begins: Growing;
  /** Of each text, where its parts end in those two. */
  readonly ends: number[];
}

/** What the tokenizer adds before and behind each text. */
export type Added = readonly [before: readonly number[], behind: readonly number[]];

export class Parts {
  readonly #native: NativeTokenizer;
  readonly #most: number;
  readonly #isBorder: Uint8Array;
  readonly #borders: Borders;
  readonly #known = new Map<string, number>();
  readonly #ids = new Growing();
  /** Of each part, where its tokens end in #ids. */
  readonly #ends = new Growing();
  /** Met, and not tokenised yet. */
  #pending: string[] = [];

  constructor(native: NativeTokenizer, borders: Borders, most = mostParts) {
    this.#most = most;
    this.#native = native;
    this.#borders = borders;
    this.#isBorder = tableOf(borders);
  }

  get size(): number {
    return this.#ends.length;
  }

  /** True where numbers that were told before mean nothing any more. */
  forget(): boolean {
    if (this.#ends.length < this.#most && this.#ids.length < mostTokens) return false;
    this.#known.clear();
    this.#ids.length = 0;
    this.#ends.length = 0;
    return true;
  }

  plan(texts: readonly string[]): Plan {
    const plan = { parts: new Growing(), begins: new Growing(), ends: [] as number[] };
    for (const text of texts) {
      this.#take(text, plan);
      plan.ends.push(plan.parts.length);
    }
    return plan;
  }

  #take(text: string, { parts, begins }: Plan): void {
    const isBorder = this.#isBorder;
    const { afterLineBreak } = this.#borders;
    let [from, before] = [0, 0];
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      const ends =
        unit === space ? isBorder[before] === 1 : before === lineBreak && afterLineBreak && unit > space && unit < 0x7f;
      before = unit;
      if (!ends) continue;
      begins.push(from);
      parts.push(this.#numberOf(text.slice(from, at)));
      from = at;
    }
    if (from === text.length) return;
    begins.push(from);
    parts.push(this.#numberOf(from === 0 ? text : text.slice(from)));
  }

  #numberOf(part: string): number {
    const isKept = part.length <= longestKept;
    const found = isKept ? this.#known.get(part) : undefined;
    if (found !== undefined) return found;
    const number = this.#ends.length + this.#pending.length;
    const text = isKept ? copied(part) : part;
    if (isKept) this.#known.set(text, number);
    this.#pending.push(text);
    return number;
  }

  /** Tokenises what a plan has met for the first time. `seen`: of each, while its encoding is there. */
  async fill(seen?: (part: number, encoding: NativeEncoding) => void): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    const encodings = await this.encodings(pending);
    const first = this.#ends.length;
    for (const [at, encoding] of encodings.entries()) {
      for (const id of encoding.getIds()) this.#ids.push(id);
      this.#ends.push(this.#ids.length);
      seen?.(first + at, encoding);
    }
  }

  async encodings(texts: readonly string[]): Promise<NativeEncoding[]> {
    return texts.length === 0 ? [] : this.#native.encodeBatch(texts, { addSpecialTokens: false });
  }

  #begin(part: number): number {
    return part === 0 ? 0 : this.#ends.at(part - 1);
  }

  /** How many tokens these parts of a plan have. */
  tokensOf({ parts }: Plan, from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at += 1) count += this.#ends.at(parts.at(at)) - this.#begin(parts.at(at));
    return count;
  }

  /** Their ids, between those that are added. */
  idsOf(plan: Plan, from: number, to: number, [before, behind]: Added): Uint32Array {
    const ids = new Uint32Array(before.length + this.tokensOf(plan, from, to) + behind.length);
    ids.set(before);
    let next = before.length;
    for (let at = from; at < to; at += 1) {
      const part = plan.parts.at(at);
      const end = this.#ends.at(part);
      for (let id = this.#begin(part); id < end; id += 1) ids[next++] = this.#ids.at(id);
    }
    ids.set(behind, next);
    return ids;
  }
}
