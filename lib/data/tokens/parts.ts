/** Token ids of texts by way of their parts (borders.ts): each is tokenised once, however often it stands in the rows. */
import type { NativeEncoding, NativeTokenizer } from './binding.ts';
import type { Borders } from './borders.ts';
import { Growing } from './growing.ts';
import { hashed, hashStart, PartTable } from './part-table.ts';

/** In UTF-16 units. Longer parts hardly come again: they are not looked up. */
export const longestKept = 64;
/** Beyond so many parts, or tokens of them, all that is kept is forgotten: 40 MB at the most. */
const mostParts = 2 ** 19;
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

/** Texts as numbers of their parts, one text after the other. */
export interface Plan {
  readonly parts: Growing;
  /** Where each part begins in its text. */
  readonly begins: Growing;
  /** Of each text, where its parts end in those two. */
  readonly ends: number[];
  /** Of each text of which a begin was asked for: where the parts end that lie in it, and a part for what is left of it. */
  readonly heads: { readonly end: number; readonly rest: number | undefined }[];
}

/** What the tokenizer adds before and behind each text. */
export type Added = readonly [before: readonly number[], behind: readonly number[]];

export class Parts {
  readonly #native: NativeTokenizer;
  readonly #most: number;
  readonly #isBorder: Uint8Array;
  readonly #borders: Borders;
  readonly #table = new PartTable();
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
    return this.#table.size;
  }

  /** True where numbers that were told before mean nothing any more. */
  forget(): boolean {
    if (this.#ends.length < this.#most && this.#ids.length < mostTokens) return false;
    this.#table.clear();
    this.#ids.length = 0;
    this.#ends.length = 0;
    return true;
  }

  /** `lengths`: of a begin of each text that is to be told, too. */
  plan(texts: readonly string[], lengths?: readonly number[]): Plan {
    const plan: Plan = { parts: new Growing(), begins: new Growing(), ends: [], heads: [] };
    for (const [index, text] of texts.entries()) {
      this.#take(text, plan, lengths?.[index] ?? -1);
      plan.ends.push(plan.parts.length);
    }
    return plan;
  }

  /** `head`: the length of a begin of the text; none: -1. */
  #take(text: string, { parts, begins, heads }: Plan, head: number): void {
    const isBorder = this.#isBorder;
    const { afterLineBreak } = this.#borders;
    let [from, before, hash] = [0, 0, hashStart];
    for (let at = 0; at <= text.length; at += 1) {
      if (at === head) {
        const rest = from === at ? undefined : this.#numberOf(text, from, at, hash);
        heads.push({ end: parts.length, rest });
      }
      if (at === text.length) break;
      const unit = text.charCodeAt(at);
      const ends =
        unit === space ? isBorder[before] === 1 : before === lineBreak && afterLineBreak && unit > space && unit < 0x7f;
      before = unit;
      if (ends) {
        begins.push(from);
        parts.push(this.#numberOf(text, from, at, hash));
        from = at;
        hash = hashStart;
      }
      hash = hashed(hash, unit);
    }
    if (from === text.length) return;
    begins.push(from);
    parts.push(this.#numberOf(text, from, text.length, hash));
  }

  #numberOf(text: string, from: number, to: number, hash: number): number {
    const table = this.#table;
    const isKept = to - from <= longestKept;
    const found = isKept ? table.find(text, from, to, hash) : table.size;
    if (found !== table.size) return found;
    this.#pending.push(text.slice(from, to));
    return isKept ? table.add(text, from, to, hash) : table.skip();
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

  #count(part: number): number {
    return this.#ends.at(part) - this.#begin(part);
  }

  /** How many tokens these parts of a plan have. */
  tokensOf({ parts }: Plan, from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at += 1) count += this.#count(parts.at(at));
    return count;
  }

  #copy(part: number, ids: Uint32Array, to: number): number {
    const end = this.#ends.at(part);
    let next = to;
    for (let id = this.#begin(part); id < end; id += 1) ids[next++] = this.#ids.at(id);
    return next;
  }

  /** Their ids, between those that are added. */
  idsOf(plan: Plan, from: number, to: number, [before, behind]: Added): Uint32Array {
    const ids = new Uint32Array(before.length + this.tokensOf(plan, from, to) + behind.length);
    ids.set(before);
    let next = before.length;
    for (let at = from; at < to; at += 1) next = this.#copy(plan.parts.at(at), ids, next);
    ids.set(behind, next);
    return ids;
  }

  /** Of the begin of a text: how many ids it has in common with the text for certain, and its others. */
  headOf(plan: Plan, text: number, [before, behind]: Added): { readonly same: number; readonly others: Uint32Array } {
    const { end, rest } = plan.heads[text] as Plan['heads'][number];
    const count = rest === undefined ? 0 : this.#count(rest);
    const others = new Uint32Array(count + behind.length);
    if (rest !== undefined) this.#copy(rest, others, 0);
    others.set(behind, count);
    return { same: before.length + this.tokensOf(plan, plan.ends[text - 1] ?? 0, end), others };
  }
}
