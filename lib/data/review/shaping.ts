/** How a row is read, and what it becomes: by the format and the template that were named, or those that the rows suggest. */
import { isObject } from '../../base/json.ts';
import type { Columns, Format } from '../../settings/formats.ts';
import { defaultTemplate } from '../../settings/templates.ts';
import { type Example, exampleOf, type ReadRow } from '../example.ts';
import { hidden } from '../judge/hidden.ts';
import { type RowView, saidOf } from '../judge/row.ts';
import { formatOf } from '../shapes.ts';
import { Refused } from '../template/engine.ts';
import { openTemplate, type SpecialTokens, type Template, Unfit } from '../template/render.ts';
import type { DataSample } from './facts.ts';

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
  /** Of the tokenizer, where one is known: templates write them. */
  readonly special?: SpecialTokens | undefined;
  /** The loss is on answers alone. */
  readonly answersOnly: boolean;
}

/** Rows that may be strange before the format counts as unknown. */
const asked = 100;

export class Shaping {
  readonly #options: ShapingOptions;
  readonly #columns: Columns;
  #format: Format | undefined;
  #strange = 0;
  #opened: { readonly template?: Template } | undefined;

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

  /** `model` is the template of a tokenizer: without its text there is none. */
  #template(): Template | undefined {
    if (this.#opened) return this.#opened.template;
    const named = this.template;
    const { special: tokens = {}, answersOnly } = this.#options;
    const has = named !== undefined && (named.name !== 'model' || named.jinja !== undefined);
    const given = named?.jinja === undefined ? { name: named?.name ?? '' } : { jinja: named.jinja };
    this.#opened = has ? { template: openTemplate(given, { tokens, answersOnly }) } : {};
    return this.#opened.template;
  }

  #rendered(example: Example): Shown | undefined {
    try {
      return this.#template()?.render(example);
    } catch (caught) {
      // The row is shown as it stands: that it cannot be rendered is a finding of its own.
      if (caught instanceof Unfit || caught instanceof Refused) return undefined;
      throw caught;
    }
  }

  sample({ file, number, line, value, example }: RowView): DataSample {
    const rendered = example && this.#rendered(example);
    const { text, trained } = rendered ?? (example ? saidText(example, this.#options.answersOnly) : columnsOf(value));
    const shown = rendered === undefined ? 'columns' : 'rendered';
    return { file, row: number, ...(line === undefined ? {} : { line }), shown, text: hidden(text), trained };
  }
}

type Shown = Pick<DataSample, 'text' | 'trained'>;

/** What the row says, text by text, under its columns’ names. */
function saidText(example: Example, answersOnly: boolean): Shown {
  let text = '';
  const trained: [number, number][] = [];
  for (const { column, side, text: own } of saidOf(example)) {
    text += `${text === '' ? '' : '\n'}${column}: `;
    if (side !== 'asked' || !answersOnly) trained.push([text.length, text.length + own.length]);
    text += own;
  }
  return { text, trained };
}

function columnsOf(value: unknown): Shown {
  if (!isObject(value)) return { text: JSON.stringify(value), trained: [] };
  const lines = Object.entries(value).map(
    ([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`,
  );
  return { text: lines.join('\n'), trained: [] };
}
