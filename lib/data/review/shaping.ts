/** How a row is read: by the format and the template that were named, or those that the rows suggest. */
import { isObject } from '../../base/json.ts';
import type { Columns, Format } from '../../settings/formats.ts';
import { defaultTemplate } from '../../settings/templates.ts';
import { exampleOf, type ReadRow } from '../example.ts';
import { formatOf } from '../shapes.ts';

/** A template by its name; one that is not ours comes with its text. */
export interface NamedTemplate {
  /** As it is told: a name of ours, `model`, or the file. */
  readonly name: string;
  /** In Jinja. */
  readonly jinja?: string;
}

export interface ShapingOptions {
  /** Absent: the one whose columns the first rows have. */
  readonly format?: Format | undefined;
  /** What the data calls the format's columns. */
  readonly columns?: Columns | undefined;
  /** Absent: that of the format. */
  readonly template?: NamedTemplate | undefined;
}

/** Rows that may be strange before the format counts as unknown. */
const asked = 100;

export class Shaping {
  readonly #options: ShapingOptions;
  readonly #columns: Columns;
  #format: Format | undefined;
  #strange = 0;

  constructor(options: ShapingOptions) {
    this.#options = options;
    this.#columns = options.columns ?? {};
    this.#format = options.format;
  }

  /** Undefined where no row had the columns of one. */
  get format(): Format | undefined {
    return this.#format;
  }

  /** What the rows are rendered with; undefined as long as neither it nor the format is known. */
  get template(): NamedTemplate | undefined {
    const { template } = this.#options;
    return template ?? (this.#format === undefined ? undefined : { name: defaultTemplate(this.#format) });
  }

  /** The row under the format's names, and what is wrong with it. A row before any that has columns may be of any. */
  read(value: unknown): ReadRow {
    if (this.#format === undefined && this.#strange < asked && isObject(value)) {
      this.#format = formatOf(Object.keys(value), this.#columns);
      this.#strange += 1;
    }
    if (this.#format !== undefined) return exampleOf(value, this.#format, this.#columns);
    return { faults: isObject(value) ? [] : [{ kind: 'row', column: '' }] };
  }
}
