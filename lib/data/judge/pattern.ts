/** A detector of texts that a function takes for something. */
import type { DataFinding, Detector, PlaceOf, Seen } from './finding.ts';
import type { Said } from './row.ts';
import { Tally, tallied } from './tally.ts';

export interface Told extends Pick<DataFinding, 'id' | 'severity' | 'fix'> {
  readonly message: (count: number) => string;
}

export class Pattern implements Detector {
  readonly #has: (said: Said, seen: Seen) => boolean;
  readonly #told: Told;
  readonly #tally = new Tally();

  constructor(has: (said: Said, seen: Seen) => boolean, told: Told) {
    this.#has = has;
    this.#told = told;
  }

  see(seen: Seen): void {
    for (const said of seen.said) {
      if (!this.#has(said, seen)) continue;
      this.#tally.add(seen.ordinal, said.column);
      return;
    }
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const { message, ...told } = this.#told;
    return tallied(this.#tally, placeOf, { ...told, message: message(this.#tally.count) });
  }
}
