/** Rows that the fix of a run's dataset leaves out: nothing is thought of them but that they are. */
import { Fixes, type LeftOut } from '../fix/fixes.ts';
import { type DataFinding, type Place, shownPlaces } from '../judge/finding.ts';
import type { ReviewInput } from './asked.ts';
import type { FileRow } from './reading.ts';

export class LeftOutRows {
  readonly #fixes: Fixes | undefined;
  readonly #places = new Map<LeftOut, Place[]>();

  constructor({ fix, format, columns = {} }: Pick<ReviewInput, 'fix' | 'format' | 'columns'>) {
    this.#fixes = fix && format && new Fixes(fix, { format, columns });
  }

  /** Whether it is one; each row once, in their order. */
  has({ value, file, number, line }: FileRow): boolean {
    const why = this.#fixes?.see(value, () => '');
    if (why === undefined) return false;
    const places = this.#places.get(why) ?? [];
    this.#places.set(why, places);
    if (places.length < shownPlaces) places.push({ file, row: number, ...(line === undefined ? {} : { line }) });
    return true;
  }

  findings(): DataFinding[] {
    return (this.#fixes?.told() ?? []).map(({ why, ...told }) => ({
      ...told,
      severity: 'note',
      places: this.#places.get(why) ?? [],
    }));
  }
}
