/** Rows that say nearly the same as an earlier row: MinHash and bands find candidates, their shingles decide. */
import { Candidates } from './candidates.ts';
import type { DataFinding, Detector, PlaceOf, Seen } from './finding.ts';
import type { Hash64 } from './hash.ts';
import { Numbers } from './numbers.ts';
import type { Scratch } from './scratch.ts';
import { Shingles, sample, similarity } from './shingles.ts';
import { bands, missed, Signature, threshold } from './signature.ts';
import { PairTally, rows } from './tally.ts';

/** Rows seen lately, by hash: copies are no news. A copy that it has forgotten is told from what is near at the end. */
class Lately {
  readonly #low = new Uint32Array(2 ** 16);
  readonly #high = new Uint32Array(2 ** 16);

  has({ low, high }: Hash64): boolean {
    const slot = low & 0xffff;
    const isKnown = this.#low[slot] === low && this.#high[slot] === high;
    this.#low[slot] = low;
    this.#high[slot] = high;
    return isKnown;
  }
}

/** Fewer different shingles say too little: two sums that differ in a digit. */
const least = 6;

const percent = (share: number) => `${(share * 100).toFixed(share < 0.001 ? 3 : 1)} %`;

const approximate =
  `no pair is told wrongly, some are missed: ${percent(missed(threshold))} of those that are ${threshold} alike, ` +
  `${percent(missed(0.8))} at 0.8; rows of fewer than ${least} shingles are not compared`;

export class NearDuplicates implements Detector {
  readonly #shingles = new Shingles();
  readonly #signature = new Signature();
  readonly #lately = new Lately();
  readonly #bands: readonly Numbers[];
  /** Shingles of all rows, one behind the other, and where each row's end. */
  readonly #sets: Numbers;
  readonly #ends: Numbers;
  /** Half of the hash of each row's texts, which tells copies. */
  readonly #texts: Numbers;
  readonly #ordinals: Numbers;

  constructor(scratch: Scratch) {
    this.#bands = Array.from({ length: bands }, () => new Numbers(scratch));
    this.#sets = new Numbers(scratch);
    this.#ends = new Numbers(scratch);
    this.#texts = new Numbers(scratch);
    this.#ordinals = new Numbers(scratch);
  }

  see({ said, hashes: { whole }, ordinal }: Seen): void {
    if (said.length === 0 || this.#lately.has(whole)) return;
    this.#shingles.clear();
    for (const { text } of said) this.#shingles.add(text);
    const set = this.#shingles.sorted();
    const signed = set.length < least ? undefined : this.#signature.bandsOf(set);
    if (!signed) return;
    for (let band = 0; band < bands; band += 1) this.#bands[band]?.push(signed[band] ?? 0);
    for (let index = 0; index < Math.min(set.length, sample); index += 1) this.#sets.push(set[index] ?? 0);
    this.#ends.push(this.#sets.length);
    this.#texts.push(whole.low);
    this.#ordinals.push(ordinal);
  }

  #setOf(number: number): Uint32Array {
    return this.#sets.slice(number === 0 ? 0 : this.#ends.at(number - 1), this.#ends.at(number));
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const steps = this.steps(placeOf);
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
  }

  *steps(placeOf: PlaceOf): Generator<void, DataFinding[]> {
    const tally = new PairTally();
    const candidates = new Candidates(this.#ordinals.length);
    for (const band of this.#bands)
      yield* candidates.within(band, (number, earlier) => {
        const alike = similarity(this.#setOf(number), this.#setOf(earlier));
        if (alike < threshold) return false;
        if (alike < 1 || this.#texts.at(number) !== this.#texts.at(earlier)) tally.add(number, earlier, alike);
        return true;
      });
    if (tally.count === 0) return [];
    const own: PlaceOf = (number) => placeOf(this.#ordinals.at(number));
    return [
      {
        id: 'rows/near-duplicate',
        severity: 'note',
        count: tally.count,
        places: tally.places(own),
        pairs: tally.pairs(own),
        approximate,
        message: `${rows(tally.count, 'says', 'say')} nearly the same as an earlier one.`,
        fix: 'Look at the pairs; keep the better row of each.',
      },
    ];
  }
}
