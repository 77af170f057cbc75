/** How a row is read: by the format that was named, or the one that the first rows have. */
import { isObject, type JsonObject } from '../base/json.ts';
import { type Example, exampleOf } from '../data/example.ts';
import type { RowExample, RowView } from '../data/judge/row.ts';
import { saidOf } from '../data/judge/row.ts';
import { formatOf } from '../data/shapes.ts';
import type { DataSample } from '../report/data-document.ts';
import { type Format, formats } from '../settings/formats.ts';
import type { ReadRow } from './data-inspect-read.ts';

/** Rows that may be strange before the format counts as unknown. */
const asked = 100;

const formatIn = (settings: JsonObject | undefined): Format | undefined =>
  (Object.keys(formats) as Format[]).find((name) => name === settings?.format);

export class Shaping {
  #format: Format | undefined;
  #strange = 0;

  constructor(format: Format | undefined, settings: JsonObject | undefined) {
    this.#format = format ?? formatIn(settings);
  }

  get format(): Format | undefined {
    return this.#format;
  }

  view(row: ReadRow): RowView {
    const example = this.#exampleOf(row.value);
    return { ...row, ...(example === undefined ? {} : { example }) };
  }

  #exampleOf(value: unknown): Example | undefined {
    if (this.#format === undefined && this.#strange < asked && isObject(value)) {
      this.#format = formatOf(Object.keys(value));
      this.#strange += 1;
    }
    return this.#format === undefined ? undefined : exampleOf(value, this.#format).example;
  }

  sample({ file, number, line, value, example }: RowView): DataSample {
    const { text, trained } = example === undefined ? columnsOf(value) : saidText(example);
    return { file, row: number, ...(line === undefined ? {} : { line }), shown: 'columns', text, trained };
  }
}

type Shown = Pick<DataSample, 'text' | 'trained'>;

/** What the row says, text by text, under its columns’ names. */
function saidText(example: RowExample): Shown {
  let text = '';
  const trained: [number, number][] = [];
  for (const { column, side, text: own } of saidOf(example)) {
    text += `${text === '' ? '' : '\n'}${column}: `;
    if (side !== 'asked') trained.push([text.length, text.length + own.length]);
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
