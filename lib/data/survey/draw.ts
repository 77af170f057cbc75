/** Rows drawn while they pass by, without knowing how many will come: each is as likely, and the same file gives the same. */

/** xorshift32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export class Drawn<Row> {
  readonly #count: number;
  readonly #next = generator(20_461);
  readonly #rows: { readonly at: number; readonly row: Row }[] = [];
  #seen = 0;

  /** `count`: how many are drawn. */
  constructor(count: number) {
    this.#count = count;
  }

  see(row: Row): void {
    this.#seen += 1;
    const kept = { at: this.#seen, row };
    if (this.#rows.length < this.#count) this.#rows.push(kept);
    else {
      const place = Math.floor(this.#next() * this.#seen);
      if (place < this.#count) this.#rows[place] = kept;
    }
  }

  /** In the order in which they came. */
  rows(): readonly Row[] {
    return this.#rows.toSorted((a, b) => a.at - b.at).map(({ row }) => row);
  }
}
