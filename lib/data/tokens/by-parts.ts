/** What a tokenizer does, by way of the parts of texts: the same ids, in a fraction of the time. */
import type { NativeEncoding, NativeTokenizer } from './binding.ts';
import type { Borders } from './borders.ts';
import { type Begun, commonPrefix, type Located, type LocatedTokens, type Parted, pointAt } from './located.ts';
import { type Added, longestKept, Parts, type Plan } from './parts.ts';

/** A letter whose token is asked for. */
interface Asked {
  /** Which part of all that are planned. */
  readonly at: number;
  readonly part: number;
  readonly text: string;
  /** Code point of the part, from 0. */
  readonly point: number;
  /** Of the part; null where none has the letter. */
  token: number | null;
}

/** Beyond so many letters with their tokens, those that are kept are forgotten. */
const mostLetters = 2 ** 17;

const none: Added = [[], []];

export class ByParts {
  readonly #parts: Parts;
  readonly #added: Added;
  /** The token of a letter, by part and code point. */
  readonly #letters = new Map<number, number | null>();
  #turn: Promise<unknown> = Promise.resolve();

  /** `most`: beyond so many parts, all that is kept is forgotten. */
  constructor(native: NativeTokenizer, borders: Borders, added: Added, most?: number) {
    this.#parts = new Parts(native, borders, most);
    this.#added = added;
  }

  /** Parts that are kept. */
  get size(): number {
    return this.#parts.size;
  }

  /** Work that waits for others, one after the other: parts are numbered as they are met. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(() => {
      if (this.#parts.forget() || this.#letters.size > mostLetters) this.#letters.clear();
      return work();
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  encode(texts: readonly string[], addsSpecialTokens: boolean): Promise<Uint32Array[]> {
    return this.#inTurn(async () => {
      const plan = this.#parts.plan(texts);
      await this.#parts.fill();
      return this.#ids(plan, addsSpecialTokens ? this.#added : none);
    });
  }

  part(rows: readonly Begun[], addsSpecialTokens: boolean): Promise<Parted[]> {
    return this.#inTurn(async () => {
      const texts = rows.map(({ text }) => text);
      const plan = this.#parts.plan(
        texts,
        rows.map(({ begin }) => begin),
      );
      await this.#parts.fill();
      const added = addsSpecialTokens ? this.#added : none;
      return this.#ids(plan, added).map((ids, at) => {
        const { same, others } = this.#parts.headOf(plan, at, added);
        const border = same + commonPrefix(others, ids.subarray(same));
        return { ids, border, merged: same + others.length - border };
      });
    });
  }

  #ids(plan: Plan, added: Added): Uint32Array[] {
    return plan.ends.map((end, at) => this.#parts.idsOf(plan, plan.ends[at - 1] ?? 0, end, added));
  }

  locate(rows: readonly Located[]): Promise<LocatedTokens[]> {
    return this.#inTurn(async () => {
      const plan = this.#parts.plan(rows.map(({ text }) => text));
      const asked = rows.map(({ text, letters }, at) => letters.map((letter) => askedOf(text, letter, plan, at)));
      await this.#find(asked.flat().filter((one) => one !== undefined));
      return this.#ids(plan, none).map((ids, at) => {
        const from = plan.ends[at - 1] ?? 0;
        const tokens = (asked[at] ?? []).map((one) =>
          one === undefined || one.token === null ? null : one.token + this.#parts.tokensOf(plan, from, one.at),
        );
        return { ids, tokens };
      });
    });
  }

  async #find(asked: readonly Asked[]): Promise<void> {
    const left = new Map<number, Asked[]>();
    for (const one of asked) {
      const known = one.text.length > longestKept ? undefined : this.#letters.get(keyOf(one));
      if (known !== undefined) one.token = known;
      else left.set(one.part, [...(left.get(one.part) ?? []), one]);
    }
    const tell = (part: number, encoding: NativeEncoding) => {
      for (const one of left.get(part) ?? []) {
        one.token = encoding.charToToken(one.point);
        if (one.text.length <= longestKept) this.#letters.set(keyOf(one), one.token);
      }
      left.delete(part);
    };
    await this.#parts.fill(tell);
    const others = [...left];
    const encodings = await this.#parts.encodings(others.map(([, [one]]) => (one as Asked).text));
    for (const [at, [part]] of others.entries()) tell(part, encodings[at] as NativeEncoding);
  }
}

const keyOf = ({ part, point }: Asked) => part * (longestKept + 1) + point;

/** Undefined for a place outside of the text. */
function askedOf(text: string, letter: number, { parts, begins, ends }: Plan, row: number): Asked | undefined {
  if (letter < 0 || letter >= text.length) return undefined;
  let [low, high] = [ends[row - 1] ?? 0, (ends[row] as number) - 1];
  const last = high;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (begins.at(middle) <= letter) low = middle;
    else high = middle - 1;
  }
  const part = text.slice(begins.at(low), low === last ? text.length : begins.at(low + 1));
  return { at: low, part: parts.at(low), text: part, point: pointAt(part, letter - begins.at(low)), token: null };
}
