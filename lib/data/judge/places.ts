/** The place of every row by its ordinal, 8 bytes a row: a pair names a row that went by long ago. */
import type { Place, PlaceOf } from './finding.ts';
import { Numbers } from './numbers.ts';
import type { RowView } from './row.ts';
import type { Scratch } from './scratch.ts';

export class Places {
  /** Name of each file, and the ordinal of its first row. */
  readonly #files: { readonly name: string; readonly from: number }[] = [];
  readonly #numbers: Numbers;
  /** 0: none is known. */
  readonly #lines: Numbers;

  constructor(scratch: Scratch) {
    this.#numbers = new Numbers(scratch);
    this.#lines = new Numbers(scratch);
  }

  add({ file, number, line }: RowView): void {
    if (this.#files.at(-1)?.name !== file) this.#files.push({ name: file, from: this.#numbers.length });
    this.#numbers.push(number);
    this.#lines.push(line ?? 0);
  }

  readonly of: PlaceOf = (ordinal, column) => {
    const file = this.#files.findLast(({ from }) => from <= ordinal)?.name ?? '';
    const line = this.#lines.at(ordinal);
    const place: Place = { file, row: this.#numbers.at(ordinal) };
    return { ...place, ...(line === 0 ? {} : { line }), ...(column === undefined ? {} : { column }) };
  };
}
