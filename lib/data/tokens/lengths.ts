/** How long rows are: a histogram and percentiles of numbers that come one by one, in memory that does not grow with them. */

/** Lengths below are counted each; of longer ones the leading bits alone, which is a sixty-fourth of the length. */
const exactBelow = 2 ** 16;
const leadingBits = 6;

export interface Bar {
  /** Lengths from here, up to the next bar’s. */
  readonly from: number;
  readonly rows: number;
}

function roundedDown(length: number): number {
  if (length < exactBelow) return length;
  const step = 2 ** (Math.floor(Math.log2(length)) - leadingBits);
  return Math.floor(length / step) * step;
}

export class Lengths {
  readonly #counts = new Map<number, number>();
  #rows = 0;
  #sum = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  add(length: number): void {
    const at = roundedDown(length);
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + 1);
    this.#rows += 1;
    this.#sum += length;
    this.#least = Math.min(this.#least, length);
    this.#most = Math.max(this.#most, length);
  }

  get rows(): number {
    return this.#rows;
  }

  get sum(): number {
    return this.#sum;
  }

  /** 0 where there are none. */
  get least(): number {
    return this.#rows === 0 ? 0 : this.#least;
  }

  get most(): number {
    return this.#most;
  }

  /**
   * The smallest length that this share of the rows does not exceed (nearest rank); exact below 65,536, else at most a
   * sixty-fourth too small. 0 where there are none.
   */
  percentile(percent: number): number {
    const rank = Math.max(1, Math.ceil((percent / 100) * this.#rows));
    let seen = 0;
    for (const [length, rows] of this.#sorted()) {
      seen += rows;
      if (seen >= rank) return Math.max(length, this.least);
    }
    return 0;
  }

  /** Bars that double: 0, 1, 2, 4, 8, ... From the first to the last that has rows, empty ones between them. */
  histogram(): Bar[] {
    if (this.#rows === 0) return [];
    const bars = new Map<number, number>();
    const place = (length: number) => (length < 1 ? 0 : 2 ** Math.floor(Math.log2(length)));
    for (const [length, rows] of this.#counts) bars.set(place(length), (bars.get(place(length)) ?? 0) + rows);
    const found: Bar[] = [];
    const last = place(this.#most);
    for (let from = place(this.least); from <= last; from = from === 0 ? 1 : from * 2)
      found.push({ from, rows: bars.get(from) ?? 0 });
    return found;
  }

  #sorted(): [number, number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}
