/** Rows that say the same as an earlier row, and questions that have several answers. */
import type { DataFinding, Detector, PlaceOf, Seen } from './finding.ts';
import { Keys } from './keys.ts';
import { Numbers } from './numbers.ts';
import type { Said } from './row.ts';
import type { Scratch } from './scratch.ts';
import { PairTally, rows } from './tally.ts';

/** Exact: every text of the row is the same, letter by letter. */
export class Duplicates implements Detector {
  readonly #keys: Keys;
  readonly #ordinals: Numbers;

  constructor(scratch: Scratch) {
    this.#keys = new Keys(scratch);
    this.#ordinals = new Numbers(scratch);
  }

  see({ said, hashes, ordinal }: Seen): void {
    if (said.length === 0) return;
    this.#keys.push(hashes.whole);
    this.#ordinals.push(ordinal);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const tally = new PairTally();
    this.#keys.repeats((number, first) => tally.add(number, first, 1));
    if (tally.count === 0) return [];
    const own: PlaceOf = (number) => placeOf(this.#ordinals.at(number));
    return [
      {
        id: 'rows/duplicate',
        severity: 'warning',
        count: tally.count,
        places: tally.places(own),
        pairs: tally.pairs(own),
        message: `${rows(tally.count, 'says', 'say')} the same as an earlier one, letter by letter.`,
        fix: 'Take out all but the first, unless a row is to be learnt more often than the others.',
      },
    ];
  }
}

/** What is asked is the same, the answer is not. */
export class Conflicts implements Detector {
  readonly #questions: Keys;
  readonly #answers: Numbers;
  readonly #ordinals: Numbers;

  constructor(scratch: Scratch) {
    this.#questions = new Keys(scratch);
    this.#answers = new Numbers(scratch);
    this.#ordinals = new Numbers(scratch);
  }

  see({ said, hashes, ordinal }: Seen): void {
    const has = (side: Said['side']) => said.some((one) => one.side === side);
    if (!has('asked') || !has('answer')) return;
    this.#questions.push(hashes.asked);
    this.#answers.push(hashes.answer.low);
    this.#ordinals.push(ordinal);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const tally = new PairTally();
    this.#questions.repeats((number, first) => {
      if (this.#answers.at(number) !== this.#answers.at(first)) tally.add(number, first, 1);
    });
    if (tally.count === 0) return [];
    const own: PlaceOf = (number) => placeOf(this.#ordinals.at(number));
    return [
      {
        id: 'rows/conflict',
        severity: 'note',
        count: tally.count,
        places: tally.places(own),
        pairs: tally.pairs(own),
        message: `${rows(tally.count, 'asks', 'ask')} what an earlier one asks, and gives another answer.`,
        fix: 'Keep the better answer, unless several are meant to be learnt.',
      },
    ];
  }
}
