/** Counts of one part of the rows, as the trainer has them in its manifest of tokens (trainer/cdksft_trainer/tokenise.py). */
import { PackedSequences } from '../../estimate/packing.ts';
import type { PartTokens } from './facts.ts';

export interface Cutting {
  readonly maxLength?: number;
  readonly keepsEnd: boolean;
  readonly packing: boolean;
}

function trainedIn(trained: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += trained[at] as number;
  return sum;
}

export class PartCounter {
  readonly #cutting: Cutting;
  readonly #packed: PackedSequences | undefined;
  #rows = 0;
  #cutOff = 0;
  #untrained = 0;
  #cut = 0;
  #tokensBefore = 0;
  #sequences = 0;
  #tokens = 0;
  #trained = 0;

  constructor(cutting: Cutting) {
    const { maxLength, packing } = cutting;
    this.#cutting = cutting;
    this.#packed = packing && maxLength !== undefined ? new PackedSequences(maxLength) : undefined;
  }

  /** Of a row, before anything is cut: 1 where a token is in the loss. */
  add(trained: ArrayLike<number>): void {
    const { maxLength = trained.length, keepsEnd } = this.#cutting;
    const whole = trained.length;
    const isCut = whole > maxLength;
    this.#rows += 1;
    this.#tokensBefore += whole;
    // Packed rows are cut where the sequence is, at their end.
    const from = isCut && keepsEnd && !this.#packed ? whole - maxLength : 0;
    const kept = Math.min(whole, maxLength);
    const learnt = trainedIn(trained, from, from + kept);
    if (learnt === 0 && !this.#packed && this.#cutting.maxLength !== undefined) {
      if (isCut && trainedIn(trained, 0, whole) > 0) this.#cutOff += 1;
      else this.#untrained += 1;
      return;
    }
    if (isCut) this.#cut += 1;
    this.#packed?.add(whole);
    this.#sequences += 1;
    this.#tokens += kept;
    this.#trained += learnt;
  }

  counts(): PartTokens {
    return {
      rows: this.#rows,
      dropped: { cutOff: this.#cutOff, untrained: this.#untrained },
      cut: this.#cut,
      tokensBefore: this.#tokensBefore,
      sequences: this.#packed?.count() ?? this.#sequences,
      tokens: this.#tokens,
      trainedTokens: this.#trained,
    };
  }
}
