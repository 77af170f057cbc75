/** Rows that cannot be learnt from, and lines that are no rows, as findings beside those of judging. */
import { type Columns, type Format, formats } from '../../settings/formats.ts';
import type { BrokenData } from '../broken.ts';
import { RowFaults } from '../faults.ts';
import { type DataFinding, type Place, shownPlaces } from '../judge/finding.ts';
import type { RowFault } from '../row-fault.ts';
import { fitShape, formatMeant } from '../shapes.ts';
import type { FileRow } from './reading.ts';
import type { Shaping } from './shaping.ts';

/** Lines that are no rows, of one file and one kind. */
interface Lines {
  readonly first: BrokenData;
  readonly file: string;
  count: number;
  readonly places: Place[];
}

const placeOf = ({ file, number, line }: FileRow): Place => ({
  ...{ file, row: number },
  ...(line === undefined ? {} : { line }),
});

export class FoundFaults {
  readonly #shaping: Pick<Shaping, 'format'>;
  readonly #columns: Columns;
  readonly #faults: RowFaults;
  /** Of the first rows of each fault alone, by the row's ordinal. */
  readonly #places = new Map<number, Place>();
  readonly #lines = new Map<string, Lines>();
  #rows = 0;
  #shapeless: { readonly first: Place; readonly has: readonly string[] } | undefined;

  constructor(shaping: Pick<Shaping, 'format'>, columns: Columns) {
    this.#shaping = shaping;
    this.#columns = columns;
    // The format is known from the first row on that has columns; before it a row can only be none.
    const format = (): Format => shaping.format ?? 'text';
    const shape = {
      columns,
      get format() {
        return format();
      },
    };
    this.#faults = new RowFaults(shape);
  }

  see(row: FileRow, faults: readonly RowFault[]): void {
    const ordinal = this.#rows;
    this.#rows += 1;
    const { value, repeated = [] } = row;
    const kept = this.#faults.found(faults, value, ordinal);
    const again = repeated.map((key) => this.#faults.repeat(value, ordinal, key));
    if (kept || again.includes(true)) this.#places.set(ordinal, placeOf(row));
    if (this.#shapeless === undefined && faults.length === 0 && this.#shaping.format === undefined)
      this.#shapeless = { first: placeOf(row), has: Object.keys(value as object) };
  }

  /** A line of `file` that is no row. */
  line(broken: BrokenData, file: string): void {
    const key = JSON.stringify([file, broken.id]);
    const lines = this.#lines.get(key) ?? { first: broken, file, count: 0, places: [] };
    this.#lines.set(key, lines);
    lines.count += 1;
    const { line } = broken;
    if (lines.places.length < shownPlaces) lines.places.push({ file, ...(line === undefined ? {} : { line }) });
  }

  /** Whether a line was no row: a run would not take such a file. */
  get hasBrokenLines(): boolean {
    return this.#lines.size > 0;
  }

  findings(): DataFinding[] {
    return [...this.#brokenLines(), ...this.#ofRows(), ...this.#ofAll()];
  }

  #brokenLines(): DataFinding[] {
    return [...this.#lines.values()].map(({ first, file, count, places }): DataFinding => {
      const more = count === 1 ? '' : `, and ${count === 2 ? 'a line' : `${count - 1} lines`} more like it`;
      const message = `${file} ${first.message}${more}.`;
      return { id: first.id, severity: 'error', count, places, message, fix: first.fix };
    });
  }

  #ofRows(): DataFinding[] {
    return this.#faults.all().map(({ rows, column, ...told }): DataFinding => {
      const places = rows.flatMap((row) => this.#places.get(row) ?? []);
      return { ...told, places: places.map((place) => ({ ...place, ...(column === undefined ? {} : { column }) })) };
    });
  }

  #ofAll(): DataFinding[] {
    if (this.#shapeless === undefined || this.#shaping.format !== undefined) return [];
    const { first, has } = this.#shapeless;
    const format = formatMeant(this.#columns);
    return [
      {
        ...{ id: 'data/missing-column', severity: 'error', count: this.#rows, places: [first] },
        message: 'The rows have the columns of no format: what of them is learnt is not known.',
        fix: fitShape(has, { format, columns: this.#columns }, formats[format].required[0]),
      },
    ];
  }
}
