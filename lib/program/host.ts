/** How the SDK of a program that runs in `sft`'s own process finds it; the same symbol in every copy. */
import type { Handed } from './said.ts';

export const hostSymbol = Symbol.for('cdksft.host');

export interface ProgramHost {
  readonly project: string;
  /** Relative to the project's folder, with `/`. */
  readonly program: string;
  readonly hand: (handed: Handed) => void;
}
