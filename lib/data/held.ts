/** Rows that are held out by what they say: others that come, go or change places do not move them. */
import { hash } from 'node:crypto';
import type { Example } from './example.ts';
import { keyOf } from './fix/key.ts';

/** The trainer's twin is `is_held` in split.py. 48 bits are exact as a number. */
export function isHeld(example: Example, share: number, seed: number): boolean {
  const digest = hash('sha256', `evaluation:${seed}:${keyOf(example, 'rows')}`, 'hex');
  return Number.parseInt(digest.slice(0, 12), 16) / 2 ** 48 < share;
}
