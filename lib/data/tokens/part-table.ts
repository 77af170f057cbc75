/** Parts of texts by their letters, in typed arrays: to look one up makes no string. */
import { mixed } from '../judge/hash.ts';

/** What a part's hash begins with, and what it becomes with each further unit. */
export const hashStart = 0x243f6a88;
export const hashed = (hash: number, unit: number) => Math.imul(hash ^ unit, 0x01000193);

const firstSlots = 2 ** 12;

export class PartTable {
  /** Number of a part and 1; 0: free. */
  #slots = new Uint32Array(firstSlots);
  #hashes = new Uint32Array(firstSlots);
  #used = 0;
  /** Units of all parts, one behind the other, and where each part's end. */
  #units = new Uint16Array(firstSlots);
  #ends = new Uint32Array(firstSlots);
  #count = 0;

  /** Parts, also those that cannot be found. */
  get size(): number {
    return this.#count;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#used = 0;
    this.#count = 0;
  }

  #begin(part: number): number {
    return part === 0 ? 0 : (this.#ends[part - 1] as number);
  }

  #isAt(part: number, text: string, from: number, to: number): boolean {
    const begin = this.#begin(part);
    if ((this.#ends[part] as number) - begin !== to - from) return false;
    for (let at = from; at < to; at += 1) if (text.charCodeAt(at) !== this.#units[begin + at - from]) return false;
    return true;
  }

  /** The number of the part of a text, and `size` where it is none yet. `hash`: of its units. */
  find(text: string, from: number, to: number, hash: number): number {
    const own = mixed(hash);
    const mask = this.#slots.length - 1;
    for (let slot = own & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] as number;
      if (number === 0) return this.#count;
      if (this.#hashes[slot] === own && this.#isAt(number - 1, text, from, to)) return number - 1;
    }
  }

  /** The next number, for a part that is not looked up again. */
  skip(): number {
    const number = this.#count;
    if (number === this.#ends.length) this.#ends = grown(this.#ends, new Uint32Array(2 * number));
    this.#ends[number] = this.#begin(number);
    this.#count += 1;
    return number;
  }

  add(text: string, from: number, to: number, hash: number): number {
    const number = this.skip();
    const begin = this.#begin(number);
    const end = begin + to - from;
    if (end > this.#units.length) this.#units = grown(this.#units, new Uint16Array(2 * end));
    for (let at = from; at < to; at += 1) this.#units[begin + at - from] = text.charCodeAt(at);
    this.#ends[number] = end;
    if (2 * this.#used >= this.#slots.length) this.#widen();
    this.#put(number, mixed(hash));
    this.#used += 1;
    return number;
  }

  #put(number: number, own: number): void {
    const mask = this.#slots.length - 1;
    let slot = own & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
    this.#hashes[slot] = own;
  }

  #widen(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Uint32Array(2 * slots.length);
    this.#hashes = new Uint32Array(2 * slots.length);
    for (const [slot, number] of slots.entries()) if (number !== 0) this.#put(number - 1, hashes[slot] as number);
  }
}

function grown<Values extends Uint16Array | Uint32Array>(values: Values, larger: Values): Values {
  larger.set(values);
  return larger;
}
