/** A list of 32-bit numbers that grows: 4 bytes each, in memory while there is room and on the disk from then on. */
import type { Scratch } from './scratch.ts';

/** Numbers of one block: 256 KiB. */
const block = 2 ** 16;

export class Numbers {
  readonly #scratch: Scratch;
  /** Whole blocks: in memory, or where they stand on the disk. */
  readonly #blocks: (Uint32Array | number)[] = [];
  #open = new Uint32Array(1024);
  #used = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  get length(): number {
    return this.#blocks.length * block + this.#used;
  }

  push(value: number): void {
    if (this.#used === this.#open.length) this.#grow();
    this.#open[this.#used] = value;
    this.#used += 1;
  }

  #grow(): void {
    if (this.#used < block) {
      const larger = new Uint32Array(this.#used * 4);
      larger.set(this.#open);
      this.#open = larger;
      return;
    }
    const stays = this.#scratch.admits(this.#open.byteLength);
    this.#blocks.push(stays ? this.#open : this.#scratch.write(this.#open));
    // What was written may be written over.
    if (stays) this.#open = new Uint32Array(block);
    this.#used = 0;
  }

  at(index: number): number {
    return this.slice(index, index + 1)[0] ?? 0;
  }

  /** A copy. */
  slice(from: number, to: number): Uint32Array {
    const result = new Uint32Array(to - from);
    for (let at = from; at < to; ) {
      const [number, within] = [Math.floor(at / block), at % block];
      const part = Math.min(to - at, block - within);
      const into = result.subarray(at - from, at - from + part);
      const kept = number === this.#blocks.length ? this.#open : this.#blocks[number];
      if (typeof kept === 'number') this.#scratch.read(kept + within * 4, into);
      else if (kept) into.set(kept.subarray(within, within + part));
      at += part;
    }
    return result;
  }

  /** In blocks, each to be used before the next is asked for. */
  *blocks(): Generator<Uint32Array> {
    const buffer = new Uint32Array(block);
    for (const kept of this.#blocks) {
      if (typeof kept === 'number') this.#scratch.read(kept, buffer);
      yield typeof kept === 'number' ? buffer : kept;
    }
    yield this.#open.subarray(0, this.#used);
  }
}
