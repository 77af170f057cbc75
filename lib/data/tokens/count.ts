/** What rows amount to in tokens, counted as they stream by: the same for a person’s summary and for a plan. */
import { type Spread, Spreading } from '../survey/spread.ts';
import type { Tokens } from './as-trained.ts';

/** Rows of one kind: how many, and the first of them, counted from 0 in the order they were given. */
export interface Some {
  readonly rows: number;
  readonly first: readonly number[];
}

export interface TokenCounts {
  readonly rows: number;
  /** Tokens a row, before anything is cut. */
  readonly length: Spread;
  /** Those whose loss counts, after the cut, of the rows that are left. */
  readonly trained: number;
  /** Tokens of the rows that are left, after the cut: what one pass reads. */
  readonly read: number;
  /** Longer than the maximum length. */
  readonly cut: Some;
  /** Left out: the cut has taken every token that would be trained on. */
  readonly dropped: Some;
  /** Left in though nothing is trained on, where nothing is cut. */
  readonly untrained: Some;
  /** The prompt’s last tokens merge with the answer’s first: what is learnt differs from what is asked later. */
  readonly merged: Some;
}

const places = 10;

class Tally {
  rows = 0;
  readonly first: number[] = [];

  see(row: number): void {
    this.rows += 1;
    if (this.first.length < places) this.first.push(row);
  }

  done(): Some {
    return { rows: this.rows, first: this.first };
  }
}

export class TokenCounter {
  readonly #lengths = new Spreading();
  #rows = 0;
  readonly #cut = new Tally();
  readonly #dropped = new Tally();
  readonly #untrained = new Tally();
  readonly #merged = new Tally();
  #trained = 0;
  #read = 0;

  add({ ids, trained, whole, isDropped, merged }: Tokens): void {
    const row = this.#rows;
    this.#rows += 1;
    this.#lengths.add(whole);
    if (ids.length < whole) this.#cut.see(row);
    if (merged > 0) this.#merged.see(row);
    if (isDropped) {
      this.#dropped.see(row);
      return;
    }
    let learnt = 0;
    for (const bit of trained) learnt += bit;
    if (learnt === 0) this.#untrained.see(row);
    this.#trained += learnt;
    this.#read += ids.length;
  }

  /** So far. */
  counts(): TokenCounts {
    return {
      rows: this.#rows,
      length: this.#lengths.spread(),
      trained: this.#trained,
      read: this.#read,
      cut: this.#cut.done(),
      dropped: this.#dropped.done(),
      untrained: this.#untrained.done(),
      merged: this.#merged.done(),
    };
  }
}
