/** How numbers are spread, in a fixed amount of memory: exact below 4096, within 1.6 % above. */

/** So many rows have a value of `from` to `to`, both included. */
export interface Bucket {
  /** The smallest value of the bucket. */
  readonly from: number;
  /** The largest value of the bucket. */
  readonly to: number;
  /** How many rows have a value in it. */
  readonly rows: number;
}

/** Numbers of many rows as a few. Percentiles: the smallest value that so many rows do not exceed. */
export interface Spread {
  /** Sum over all rows. */
  readonly total: number;
  /** The smallest value. */
  readonly least: number;
  /** What half of the rows do not exceed. */
  readonly median: number;
  /** What 90 of 100 rows do not exceed. */
  readonly p90: number;
  /** What 99 of 100 rows do not exceed. */
  readonly p99: number;
  /** The largest value. */
  readonly most: number;
  /** In powers of two from the least to the most; empty where there is no row. */
  readonly histogram: readonly Bucket[];
}

const exactBelow = 4096;
/** Steps of an octave above that: a value is at most 1/64 larger than what stands for it. */
const steps = 64;
const firstOctave = Math.log2(exactBelow);

function slotOf(value: number): number {
  if (value < exactBelow) return value;
  const octave = Math.floor(Math.log2(value));
  return exactBelow + (octave - firstOctave) * steps + Math.floor((value / 2 ** octave - 1) * steps);
}

/** The least value of a slot. */
function leastOf(slot: number): number {
  if (slot < exactBelow) return slot;
  const [octave, step] = [Math.floor((slot - exactBelow) / steps) + firstOctave, (slot - exactBelow) % steps];
  return Math.ceil(2 ** octave * (1 + step / steps));
}

export class Spreading {
  readonly #slots = new Map<number, number>();
  #rows = 0;
  #total = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  /** A whole number from 0. */
  add(value: number): void {
    const slot = slotOf(value);
    this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + 1);
    this.#rows += 1;
    this.#total += value;
    if (value < this.#least) this.#least = value;
    if (value > this.#most) this.#most = value;
  }

  spread(): Spread {
    const slots = [...this.#slots].sort(([a], [b]) => a - b);
    const least = this.#rows === 0 ? 0 : this.#least;
    const at = (share: number) => {
      let left = Math.ceil(this.#rows * share);
      for (const [slot, rows] of slots) {
        left -= rows;
        if (left <= 0) return Math.min(Math.max(leastOf(slot), least), this.#most);
      }
      return this.#most;
    };
    return {
      ...{ total: this.#total, least, median: at(0.5), p90: at(0.9), p99: at(0.99), most: this.#most },
      histogram: octaves(slots.map(([slot, rows]) => [leastOf(slot), rows])),
    };
  }
}

/** 0, 1, 2-3, 4-7 and on: those between the first and the last that hold a row. */
function octaves(values: readonly (readonly [value: number, rows: number])[]): Bucket[] {
  const counted = new Map<number, number>();
  for (const [value, rows] of values) {
    const octave = value === 0 ? 0 : Math.floor(Math.log2(value)) + 1;
    counted.set(octave, (counted.get(octave) ?? 0) + rows);
  }
  if (counted.size === 0) return [];
  const [first, last] = [Math.min(...counted.keys()), Math.max(...counted.keys())];
  return Array.from({ length: last - first + 1 }, (_, index): Bucket => {
    const octave = first + index;
    const rows = counted.get(octave) ?? 0;
    return octave === 0 ? { from: 0, to: 0, rows } : { from: 2 ** (octave - 1), to: 2 ** octave - 1, rows };
  });
}
