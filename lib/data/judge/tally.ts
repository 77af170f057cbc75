/** Counts rows of one kind, and keeps the first ten places. */
import type { DataFinding, Pair, Place, PlaceOf } from './finding.ts';
import { shownPlaces } from './finding.ts';

export class Tally {
  count = 0;
  readonly #first: { readonly ordinal: number; readonly column: string | undefined }[] = [];
  #last = -1;

  /** A row counts once, however often it is told. */
  add(ordinal: number, column?: string): void {
    if (ordinal === this.#last) return;
    this.#last = ordinal;
    this.count += 1;
    if (this.#first.length < shownPlaces) this.#first.push({ ordinal, column });
  }

  places(placeOf: PlaceOf): Place[] {
    return this.#first.map(({ ordinal, column }) => placeOf(ordinal, column));
  }
}

/** Later rows with the earlier row of each; the first ten stay. */
export class PairTally {
  count = 0;
  readonly #first: { readonly row: number; readonly of: number; readonly similarity: number }[] = [];

  /** In any order: the ten with the lowest ordinals stay. */
  add(row: number, of: number, similarity: number): void {
    this.count += 1;
    const last = this.#first.at(-1);
    if (this.#first.length === shownPlaces && last !== undefined && last.row <= row) return;
    const at = this.#first.findIndex((one) => one.row > row);
    this.#first.splice(at === -1 ? this.#first.length : at, 0, { row, of, similarity });
    if (this.#first.length > shownPlaces) this.#first.pop();
  }

  pairs(placeOf: PlaceOf): Pair[] {
    return this.#first.map(({ row, of, similarity }) => ({ row: placeOf(row), of: placeOf(of), similarity }));
  }

  places(placeOf: PlaceOf): Place[] {
    return this.#first.map(({ row }) => placeOf(row));
  }
}

type Told = Pick<DataFinding, 'id' | 'severity' | 'message' | 'fix'> & Partial<DataFinding>;

/** None where nothing was counted. */
export function tallied(tally: Tally, placeOf: PlaceOf, told: Told): DataFinding[] {
  return tally.count === 0 ? [] : [{ ...told, count: tally.count, places: tally.places(placeOf) }];
}

/** "A row has", "3 rows have". */
export function rows(count: number, one: string, many: string): string {
  return count === 1 ? `A row ${one}` : `${count.toLocaleString('en-US')} rows ${many}`;
}
