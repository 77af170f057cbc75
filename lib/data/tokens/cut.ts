/** What is left of a row at the maximum length, as TRL 1.16 cuts rows and leaves them out where it makes a sequence of each. */

/** Under their meaning: SFTConfig's max_length and truncation_mode. */
export interface Cut {
  /** Undefined: nothing is cut, and nothing is left out. */
  readonly maxLength: number | undefined;
  /** What is cut is the begin of a row, not its end. */
  readonly keepsEnd?: boolean;
}

export interface Kept {
  /** Tokens from here to `to` (behind the last) are kept. */
  readonly from: number;
  readonly to: number;
  /** Those of them whose loss counts. */
  readonly learnt: number;
  /** The row is left out: nothing in it would be learnt. */
  readonly isDropped: boolean;
}

/** How many are marked from `from` to `to`, behind the last. */
export function markedIn(trained: ArrayLike<number>, from = 0, to = trained.length): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += trained[at] as number;
  return sum;
}

/** Of a row, before anything is cut: 1 where a token is in the loss. */
export function keptOf(trained: ArrayLike<number>, { maxLength, keepsEnd }: Cut): Kept {
  const whole = trained.length;
  const left = Math.min(whole, maxLength ?? whole);
  const from = keepsEnd ? whole - left : 0;
  const learnt = markedIn(trained, from, from + left);
  return { from, to: from + left, learnt, isDropped: learnt === 0 && maxLength !== undefined };
}
