/** A row's MinHash signature in bands: rows that are alike agree in a whole band (locality-sensitive hashing). */
import { mixed } from './hash.ts';

export const bands = 24;
/** Values of a band. */
export const perBand = 5;
const bins = bands * perBand;

/** Pairs that are so alike are told. */
export const threshold = 0.7;

/** The chance that two rows of this similarity agree in no band, and are missed: (1 - s^5)^24. */
export function missed(similarity: number): number {
  return (1 - similarity ** perBand) ** bands;
}

const empty = 0xffffffff;

/**
 * One hash a shingle (one-permutation hashing, Li et al. 2012): it falls into one of 120 bins, and each keeps its
 * smallest. A bin that stays empty takes the value of another, chosen by its number alone, so that equal sets agree
 * (optimal densification, Shrivastava 2017).
 */
export class Signature {
  readonly #values = new Uint32Array(bins);
  readonly #filled = new Uint32Array(bins);

  /** One hash a band; undefined for a row without words. They stand until the next row. */
  bandsOf(shingles: Uint32Array): Uint32Array | undefined {
    if (shingles.length === 0) return undefined;
    this.#values.fill(empty);
    for (const shingle of shingles) {
      // The upper half of a hash chooses the bin; what is kept of it must not go by that.
      const bin = ((shingle >>> 16) * bins) >>> 16;
      const value = Math.imul(shingle, 0x9e3779b1) >>> 0;
      if (value < (this.#values[bin] ?? 0)) this.#values[bin] = value;
    }
    this.#densify();
    return this.#bands();
  }

  #densify(): void {
    const { length } = this.#values;
    for (let bin = 0; bin < length; bin += 1) {
      let from = bin;
      for (let tries = 1; this.#values[from] === empty; tries += 1)
        from = mixed(Math.imul(bin + 1, 0x9e3779b1) + tries) % length;
      this.#filled[bin] = this.#values[from] ?? 0;
    }
  }

  readonly #result = new Uint32Array(bands);

  #bands(): Uint32Array {
    for (let band = 0; band < bands; band += 1) {
      let hash = band + 1;
      for (let index = band * perBand; index < (band + 1) * perBand; index += 1)
        hash = Math.imul(hash ^ (this.#filled[index] ?? 0), 0x5bd1e995) ^ (hash >>> 15);
      this.#result[band] = mixed(hash);
    }
    return this.#result;
  }
}
