/** How many of the rows that are taken are held out by what they say. */
import { exampleOf } from './example.ts';
import { isHeld } from './held.ts';
import { type PartSettings, partOf } from './part.ts';
import type { RowShape } from './shapes.ts';

export interface AskedHeld extends Pick<PartSettings, 'samples' | 'seed'> {
  readonly share: number;
}

/** Sees every row that is left to draw from once, in their order over all files. */
export class HeldRows {
  readonly #asked: AskedHeld;
  /** Which rows are drawn is known behind the last one. */
  readonly #ordinals: number[] = [];
  #rows = 0;

  constructor(asked: AskedHeld) {
    this.#asked = asked;
  }

  see(value: unknown, { format, columns }: RowShape): void {
    const { share, seed } = this.#asked;
    const { example } = exampleOf(value, format, columns);
    if (example && isHeld(example, share, seed)) this.#ordinals.push(this.#rows);
    this.#rows += 1;
  }

  count(): number {
    const { samples, seed } = this.#asked;
    const part = partOf(this.#rows, { samples, seed });
    return this.#ordinals.filter((ordinal) => part(ordinal, { file: 0 }) !== undefined).length;
  }
}
