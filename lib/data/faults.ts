/** Rows that cannot be learnt from, each kind of fault told once, with its first places. */
import { isObject } from '../base/json.ts';
import type { Finding, Where } from '../finding.ts';
import { type Format, formats } from '../settings/formats.ts';
import { placeOf, type Rows } from './rows.ts';
import { fitShape } from './shapes.ts';

/** Column, what is wrong with it, and the rows where it is. */
interface Fault {
  readonly column: string;
  readonly kind: 'missing' | 'text' | 'half' | 'repeated' | 'row';
  readonly rows: number[];
}

function textFault(value: unknown): 'text' | 'half' | undefined {
  if (typeof value !== 'string') return 'text';
  return /\p{Surrogate}/u.test(value) ? 'half' : undefined;
}

function faultsOf({ values, repeated }: Rows, format: Format): Fault[] {
  const found = new Map<string, Fault>();
  const add = (kind: Fault['kind'], column: string, row: number) => {
    const key = `${kind} ${column}`;
    const fault = found.get(key) ?? { column, kind, rows: [] };
    fault.rows.push(row);
    found.set(key, fault);
  };
  const { required, optional } = formats[format];
  for (const [row, value] of values.entries()) {
    if (!isObject(value)) {
      add('row', '', row);
      continue;
    }
    for (const column of required) if (!Object.hasOwn(value, column)) add('missing', column, row);
    for (const column of [...required, ...optional]) {
      const given = Object.hasOwn(value, column) ? value[column] : undefined;
      // Where a column may be missing it may be null: tables write it so.
      const absent = given === undefined || (given === null && optional.includes(column as never));
      const fault = absent ? undefined : textFault(given);
      if (fault) add(fault, column, row);
    }
  }
  for (const { row, key } of repeated) if (isObject(values[row])) add('repeated', key, row);
  return [...found.values()];
}

type Told = Pick<Finding, 'id' | 'message' | 'fix'>;

/** Where no row has a column, the rows are of another shape; where one lacks what others have, it is a hole. */
function missingFix(rows: readonly number[], values: readonly unknown[], format: Format): string {
  const [first] = rows.map((row) => values[row]);
  if (rows.length === values.length && isObject(first)) return fitShape(Object.keys(first), format);
  return `Add the column: the format ${format} needs ${formats[format].required.join(', ')}.`;
}

function told({ kind, column, rows }: Fault, values: readonly unknown[], format: Format, path: string): Told {
  const one = rows.length === 1;
  const who = `${one ? 'A row' : `${rows.length} rows`} of ${path}`;
  const has = `${who} ${one ? 'has' : 'have'}`;
  switch (kind) {
    case 'row': {
      const message = `${who} ${one ? 'is' : 'are'} no object { ... }.`;
      return { id: 'data/row', message, fix: 'Make each row an object of columns.' };
    }
    case 'missing': {
      const fix = missingFix(rows, values, format);
      return { id: 'data/missing-column', message: `${has} no column "${column}".`, fix };
    }
    case 'text': {
      const fix = `Write "${column}" as a string.`;
      return { id: 'data/not-text', message: `${has} a "${column}" that is no text.`, fix };
    }
    case 'half': {
      const fix = 'Write the letter whole: \\ud83d\\ude42, or as itself.';
      return { id: 'data/not-text', message: `${has} half of a surrogate pair in "${column}".`, fix };
    }
    case 'repeated':
      return { id: 'data/duplicate-key', message: `${has} "${column}" more than once.`, fix: 'Keep the one you mean.' };
  }
}

/** `path`: the file's, as messages name it. */
export function faultFindings(rows: Rows, format: Format, where: Where, path: string): Finding[] {
  return faultsOf(rows, format).map((fault): Finding => {
    const first = fault.rows.slice(0, 3);
    const places = first.map((row) => placeOf(path, rows, row));
    const more = fault.rows.length > first.length ? ` and ${fault.rows.length - first.length} more` : '';
    const at = { ...where, path: places.join(', ') + more };
    const { id, message, fix } = told(fault, rows.values, format, path);
    return { id, severity: 'error', where: at, message, fix, count: fault.rows.length };
  });
}
