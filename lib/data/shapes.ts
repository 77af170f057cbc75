/** Which format rows are of, told by their columns; and what to do where they are of none, or of another. */
import { nearest } from '../base/nearest.ts';
import { type Columns, type Format, type FormatColumn, formats } from '../settings/formats.ts';

const names = Object.keys(formats) as Format[];
const most = 8;

/** What rows are read as: a format, and what they call its columns. */
export interface RowShape {
  readonly format: Format;
  readonly columns: Columns;
}

export function columnsOf(format: Format): readonly FormatColumn[] {
  return [...formats[format].required, ...formats[format].optional];
}

function fits(format: Format, has: readonly string[], columns: Columns): boolean {
  const own = columnsOf(format);
  const mapped = Object.keys(columns).every((column) => own.includes(column as FormatColumn));
  return mapped && formats[format].required.every((column: FormatColumn) => has.includes(columns[column] ?? column));
}

/** The formats whose columns are all there. `has`: what a row calls its columns. */
export function formatsOf(has: readonly string[], columns: Columns = {}): Format[] {
  return names.filter((format) => fits(format, has, columns));
}

/** The one format whose columns are all there; alpaca, which was the only one once, goes before others. */
export function formatOf(has: readonly string[], columns: Columns = {}): Format | undefined {
  const found = formatsOf(has, columns);
  return found.includes('alpaca') || found.length === 1 ? found[0] : undefined;
}

/** What to judge rows by that are of no one format: the only one that has all columns that are mapped, or the default. */
export function formatMeant(columns: Columns): Format {
  const mapped = Object.keys(columns) as FormatColumn[];
  const able = names.filter((format) => mapped.every((column) => columnsOf(format).includes(column)));
  return mapped.length > 0 && able.length === 1 && able[0] ? able[0] : 'alpaca';
}

function listed(has: readonly string[]): string {
  if (has.length === 0) return 'no columns';
  const shown = has.slice(0, most).join(', ');
  return has.length > most ? `${shown} and ${has.length - most} more` : shown;
}

const quoted = (name: string) => (/^[\w -]+$/.test(name) ? `'${name}'` : JSON.stringify(name));

/** What to do where no row has what a column is said to be called. */
export function correction(column: FormatColumn, name: string, has: readonly string[]): string {
  const guess = nearest(name, has);
  const right = guess === undefined ? `The rows have ${listed(has)}.` : `Did you mean ${quoted(guess)}?`;
  return `${right} Correct columns: { ${column}: ${quoted(name)} }.`;
}

/** What to do where no row has a column. `has`: the columns of the first. */
export function fitShape(has: readonly string[], shape: RowShape, column: FormatColumn): string {
  const { format, columns } = shape;
  const mapped = columns[column];
  if (mapped !== undefined) {
    return correction(column, mapped, has);
  }
  const found = formatsOf(has, columns);
  const [only] = found;
  if (only !== undefined && found.length === 1)
    return `Its columns are those of the format ${only}: write format: '${only}'.`;
  if (found.length > 1) {
    const ways = found.map((name) => `format: '${name}'`).join(' or ');
    return `Its columns are those of the formats ${found.join(', ')}: write ${ways}.`;
  }
  const guess = nearest(column, has);
  if (guess !== undefined) return `Did you mean ${quoted(guess)}? Write columns: { ${column}: ${quoted(guess)} }.`;
  const needs = formats[format].required.join(', ');
  return `The format ${format} needs ${needs}, and it has ${listed(has)}: name them in columns: { ${column}: '...' }, or choose another format.`;
}
