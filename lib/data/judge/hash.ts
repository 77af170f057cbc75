/** 64-bit hashes of texts, as two halves: a string kept for comparing takes a hundred times as much memory. */

import type { Said } from './row.ts';

export interface Hash64 {
  readonly low: number;
  readonly high: number;
}

/** Spreads 32 bits: the last steps of MurmurHash3. */
export function mixed(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * Of several texts in their order. Among n different rows some two have the same hash with a chance of about n² / 2⁶⁵:
 * 3 in a hundred million for a million rows.
 */
export function hashTexts(texts: readonly string[]): Hash64 {
  let low = 0x9e3779b9;
  let high = 0x243f6a88;
  for (const text of texts) {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      low = Math.imul(low ^ code, 0x5bd1e995);
      low ^= low >>> 15;
      high = Math.imul(high ^ code, 0x27d4eb2f);
      high ^= high >>> 13;
    }
    // So that a text's end counts: "ab", "c" is not "a", "bc".
    low = mixed(low ^ text.length);
    high = mixed(high ^ Math.imul(text.length, 0x9e3779b1));
  }
  return { low: mixed(low ^ (high >>> 9)), high: mixed(high ^ texts.length) };
}

function joined(one: Hash64, other: Hash64): Hash64 {
  return {
    low: mixed(one.low ^ Math.imul(other.low, 0x9e3779b1)),
    high: mixed(one.high ^ Math.imul(other.high, 0x85ebca77)),
  };
}

/** What answers and what does not, and both together. */
export function hashesOf(said: readonly Said[]): { asked: Hash64; answer: Hash64; whole: Hash64 } {
  const [asks, answers]: [string[], string[]] = [[], []];
  for (const { side, text } of said) (side === 'answer' ? answers : asks).push(text);
  const [asked, answer] = [hashTexts(asks), hashTexts(answers)];
  return { asked, answer, whole: joined(asked, answer) };
}
