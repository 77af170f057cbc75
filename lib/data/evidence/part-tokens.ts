/** Counts of one part of the rows, as the trainer has them in its manifest of tokens (trainer/cdksft_trainer/tokenise.py). */
import { PackedSequences } from '../../estimate/packing.ts';
import { keptOf, markedIn } from '../tokens/cut.ts';
import type { PartTokens } from './facts.ts';

export interface Cutting {
  readonly maxLength?: number;
  readonly keepsEnd: boolean;
  readonly packing: boolean;
  /** What becomes of a row of more tokens, before anything is cut. */
  readonly tooLong?: 'drop' | 'split';
}

export class PartCounter {
  readonly #cutting: Cutting;
  readonly #packed: PackedSequences | undefined;
  #rows = 0;
  #tooLong = 0;
  #split = 0;
  #splitInto = 0;
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
    const { maxLength = trained.length, tooLong } = this.#cutting;
    this.#rows += 1;
    this.#tokensBefore += trained.length;
    if (tooLong === undefined || trained.length <= maxLength) this.#fit(trained);
    else if (tooLong === 'drop') this.#tooLong += 1;
    else this.#parts(trained, maxLength);
  }

  /** As few as can be, of nearly the same length. */
  #parts(trained: ArrayLike<number>, maxLength: number): void {
    const size = trained.length;
    const count = Math.ceil(size / maxLength);
    this.#split += 1;
    this.#splitInto += count;
    const all = Array.from(trained);
    for (let part = 0; part < count; part += 1)
      this.#fit(all.slice(Math.floor((size * part) / count), Math.floor((size * (part + 1)) / count)));
  }

  #fit(trained: ArrayLike<number>): void {
    const { maxLength, keepsEnd } = this.#cutting;
    // Packed rows are cut where the sequence is, at their end.
    const { from, to, learnt, isDropped } = keptOf(trained, { maxLength, keepsEnd: keepsEnd && !this.#packed });
    const isCut = to - from < trained.length;
    if (isDropped && !this.#packed) {
      if (isCut && markedIn(trained) > 0) this.#cutOff += 1;
      else this.#untrained += 1;
      return;
    }
    if (isCut) this.#cut += 1;
    this.#packed?.add(trained.length);
    this.#sequences += 1;
    this.#tokens += to - from;
    this.#trained += learnt;
  }

  counts(): PartTokens {
    return {
      rows: this.#rows,
      dropped: {
        ...{ cutOff: this.#cutOff, untrained: this.#untrained },
        ...(this.#cutting.tooLong === 'drop' ? { tooLong: this.#tooLong } : {}),
      },
      ...(this.#cutting.tooLong === 'split' ? { split: { rows: this.#split, into: this.#splitInto } } : {}),
      cut: this.#cut,
      tokensBefore: this.#tokensBefore,
      sequences: this.#packed?.count() ?? this.#sequences,
      tokens: this.#tokens,
      trainedTokens: this.#trained,
    };
  }
}
