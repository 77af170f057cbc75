/** Pairs of rows that agree in a band, each row against those before it until one is like it. */
import type { Numbers } from './numbers.ts';

/** Rows of a band that are looked at together; what is held of them takes 24 MiB. */
const most = 2 ** 20;
/** Of those that agree with a row in a band, the latest. */
const latest = 8;
/** Comparisons of one row that come to nothing: else a set of rows made from one pattern would take the square of its number. */
const attempts = 32;
const alike = 255;

/** `number` and an earlier row; says whether they are alike. */
export type Compare = (number: number, earlier: number) => boolean;

export class Candidates {
  readonly #rows: number;
  /** Comparisons of each row; `alike` where an earlier row is like it. */
  readonly #tried: Uint8Array;
  readonly #most: number;

  constructor(rows: number, atATime = most) {
    this.#rows = rows;
    this.#tried = new Uint8Array(rows);
    this.#most = atATime;
  }

  /** Yields between blocks of rows. */
  *within(band: Numbers, compare: Compare): Generator<void, void> {
    const parts = Math.max(1, Math.ceil(this.#rows / this.#most));
    for (let part = 0; part < parts; part += 1) yield* this.#part(band, part, parts, compare);
  }

  *#part(band: Numbers, part: number, parts: number, compare: Compare): Generator<void, void> {
    // Shares of a hash are never quite equal.
    const room = Math.ceil((this.#rows / parts) * (parts > 1 ? 1.2 : 1)) + 64;
    const slots = 2 ** Math.ceil(Math.log2(room * 2));
    const heads = new Uint32Array(slots);
    const hashes = new Uint32Array(room);
    const numbers = new Uint32Array(room);
    const before = new Uint32Array(room);
    let used = 0;
    let number = -1;
    for (const block of band.blocks()) {
      for (const hash of block) {
        number += 1;
        if (parts > 1 && hash % parts !== part) continue;
        let slot = hash & (slots - 1);
        let head = heads[slot] ?? 0;
        while (head !== 0 && hashes[head - 1] !== hash) {
          slot = (slot + 1) & (slots - 1);
          head = heads[slot] ?? 0;
        }
        this.#walk(number, head, numbers, before, compare);
        // Its like stands for it: a million rows of one kind are one entry.
        if (this.#tried[number] === alike || used === room) continue;
        hashes[used] = hash;
        numbers[used] = number;
        before[used] = head;
        used += 1;
        heads[slot] = used;
      }
      yield;
    }
  }

  #walk(number: number, head: number, numbers: Uint32Array, before: Uint32Array, compare: Compare): void {
    for (let entry = head, left = latest; entry !== 0 && left > 0; entry = before[entry - 1] ?? 0, left -= 1) {
      const tried = this.#tried[number] ?? 0;
      if (tried >= attempts) return;
      this.#tried[number] = compare(number, numbers[entry - 1] ?? 0) ? alike : tried + 1;
    }
  }
}
