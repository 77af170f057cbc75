/** Recorded values that stay, of settings whose changes a run ignores: what `sft` found in the state, for the program. */
import { readFileSync } from 'node:fs';
import type { IgnoredChange } from '../manifest.ts';

/** By stack, then by the run's address. */
export type Kept = Readonly<Record<string, Readonly<Record<string, readonly IgnoredChange[]>>>>;

/** Names the file that holds them: there may be more than an environment variable can carry. */
export const keptVariable = 'SFT_KEPT';

/** Nothing where `sft` found nothing to keep, and for a program that is run by hand. */
export function readKept(): Kept {
  const path = process.env[keptVariable];
  return path === undefined || path === '' ? {} : (JSON.parse(readFileSync(path, 'utf8')) as Kept);
}
