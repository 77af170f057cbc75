/** How a row is read, and what it becomes: by the format and the template that were named, or those that the rows suggest. */
import { isObject, type JsonObject } from '../base/json.ts';
import { type Example, exampleOf } from '../data/example.ts';
import { hidden } from '../data/judge/hidden.ts';
import { type RowView, saidOf } from '../data/judge/row.ts';
import { formatOf } from '../data/shapes.ts';
import { Refused } from '../data/template/engine.ts';
import { openTemplate, type SpecialTokens, type Template, Unfit } from '../data/template/render.ts';
import type { DataSample } from '../report/data-document.ts';
import { type Columns, type Format, formats } from '../settings/formats.ts';
import { defaultTemplate, type TemplateName, templateNames } from '../settings/templates.ts';
import type { ReadRow } from './data-inspect-read.ts';

/** A row with what it says. */
export interface ShapedRow extends RowView {
  readonly example?: Example;
}

export interface ShapingOptions {
  readonly format?: Format;
  readonly template?: TemplateName;
  /** Of the dataset in a stack. */
  readonly settings?: JsonObject;
  /** Of the tokenizer, where one is known: templates write them. */
  readonly tokens?: SpecialTokens;
  /** The loss is on answers alone. */
  readonly answersOnly: boolean;
}

/** Rows that may be strange before the format counts as unknown. */
const asked = 100;

function named<Name extends string>(names: readonly Name[], setting: unknown): Name | undefined {
  return names.find((name) => name === setting);
}

export class Shaping {
  readonly #options: ShapingOptions;
  readonly #columns: Columns;
  #format: Format | undefined;
  #strange = 0;
  #opened: { readonly template?: Template } | undefined;

  constructor(options: ShapingOptions) {
    this.#options = options;
    const columns = options.settings?.columns;
    this.#columns = isObject(columns) ? columns : {};
    this.#format = options.format ?? named(Object.keys(formats) as Format[], options.settings?.format);
  }

  /** Undefined where no row had the columns of one. */
  get format(): Format | undefined {
    return this.#format;
  }

  get templateName(): TemplateName | undefined {
    const { template, settings } = this.#options;
    const own = template ?? named(templateNames, settings?.template);
    return own ?? (this.#format === undefined ? undefined : defaultTemplate(this.#format));
  }

  view(row: ReadRow): ShapedRow {
    const example = this.#exampleOf(row.value);
    return { ...row, ...(example === undefined ? {} : { example }) };
  }

  #exampleOf(value: unknown): Example | undefined {
    if (this.#format === undefined && this.#strange < asked && isObject(value)) {
      this.#format = formatOf(Object.keys(value), this.#columns);
      this.#strange += 1;
    }
    return this.#format === undefined ? undefined : exampleOf(value, this.#format, this.#columns).example;
  }

  /** `model` is the template of a tokenizer: without one there is none. */
  #template(): Template | undefined {
    if (this.#opened) return this.#opened.template;
    const name = this.templateName;
    const { tokens = {}, answersOnly } = this.#options;
    const has = name !== undefined && name !== 'model';
    this.#opened = has ? { template: openTemplate({ name }, { tokens, answersOnly }) } : {};
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

  sample({ file, number, line, value, example }: ShapedRow): DataSample {
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
