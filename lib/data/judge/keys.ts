/** Which rows have the same key: 64-bit keys of all rows, compared behind the last one, in parts that fit in memory. */
import type { Hash64 } from './hash.ts';
import { Numbers } from './numbers.ts';
import type { Scratch } from './scratch.ts';

/** Keys that are compared at a time: a table of them takes 24 MiB. */
const most = 2 ** 20;

/** Open addressing, at most half full. */
class Table {
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  /** Number + 1 of who came first; 0: free. */
  readonly #first: Uint32Array;
  readonly #mask: number;

  constructor(keys: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(keys, 8) * 2));
    this.#low = new Uint32Array(slots);
    this.#high = new Uint32Array(slots);
    this.#first = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  clear(): void {
    this.#first.fill(0);
  }

  #slot(low: number, high: number): number {
    let slot = low & this.#mask;
    while (this.#first[slot] !== 0 && !(this.#low[slot] === low && this.#high[slot] === high))
      slot = (slot + 1) & this.#mask;
    return slot;
  }

  /** Undefined where the key is not there. */
  find(low: number, high: number): number | undefined {
    const first = this.#first[this.#slot(low, high)] ?? 0;
    return first === 0 ? undefined : first - 1;
  }

  /** Who has the key already; else `number` has it from now on. */
  claim(low: number, high: number, number: number): number | undefined {
    const slot = this.#slot(low, high);
    const first = this.#first[slot] ?? 0;
    if (first !== 0) return first - 1;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#first[slot] = number + 1;
    return undefined;
  }
}

export class Keys {
  readonly #low: Numbers;
  readonly #high: Numbers;
  readonly #most: number;

  /** `atATime`: keys that one table may hold. */
  constructor(scratch: Scratch, atATime = most) {
    this.#low = new Numbers(scratch);
    this.#high = new Numbers(scratch);
    this.#most = atATime;
  }

  get length(): number {
    return this.#low.length;
  }

  push({ low, high }: Hash64): void {
    this.#low.push(low);
    this.#high.push(high);
  }

  /** Every key that an earlier one equals, with the first of them. Numbers are those of pushing. */
  repeats(visit: (number: number, first: number) => void): void {
    const parts = Math.max(1, Math.ceil(this.length / this.#most));
    const table = new Table(Math.ceil(this.length / parts) * (parts > 1 ? 1.2 : 1));
    for (let part = 0; part < parts; part += 1) {
      table.clear();
      this.#each(part, parts, (low, high, number) => {
        const first = table.claim(low, high, number);
        if (first !== undefined) visit(number, first);
      });
    }
  }

  /** Every key here that stands in `others` too, with the first that has it there. */
  repeatsOf(others: Keys, visit: (number: number, first: number) => void): void {
    const parts = Math.max(1, Math.ceil(others.length / this.#most));
    const table = new Table(Math.ceil(others.length / parts) * (parts > 1 ? 1.2 : 1));
    for (let part = 0; part < parts; part += 1) {
      table.clear();
      others.#each(part, parts, (low, high, number) => table.claim(low, high, number));
      this.#each(part, parts, (low, high, number) => {
        const first = table.find(low, high);
        if (first !== undefined) visit(number, first);
      });
    }
  }

  #each(part: number, parts: number, visit: (low: number, high: number, number: number) => void): void {
    const highs = this.#high.blocks();
    let number = 0;
    for (const low of this.#low.blocks()) {
      const high = highs.next().value ?? low;
      for (let index = 0; index < low.length; index += 1) {
        const upper = high[index] ?? 0;
        if (upper % parts === part) visit(low[index] ?? 0, upper, number);
        number += 1;
      }
    }
  }
}
