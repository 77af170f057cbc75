/** Columns that are called otherwise in the data than in the format: whether they are there, and which format is meant. */
import { isObject } from '../base/json.ts';
import type { Finding, Where } from '../finding.ts';
import type { ExactFix } from '../settings/fixes.ts';
import { type Columns, type Format, type FormatColumn, formats, type WrittenEncoding } from '../settings/formats.ts';
import type { AskedHeld } from './held-rows.ts';
import { columnsOf, correction, formatMeant, formatOf, type RowShape } from './shapes.ts';

/** What a user wrote of a shape, and what is to be done about its rows. */
export interface AskedShape {
  /** Absent: found by the columns of the first row. */
  readonly format?: Format | undefined;
  readonly columns?: Columns | undefined;
  /** Absent: found by what the bytes say. */
  readonly encoding?: WrittenEncoding | undefined;
  readonly fix?: AskedFix | undefined;
  /** Absent: none is held out by what it says. */
  readonly held?: AskedHeld | undefined;
}

export interface AskedFix extends ExactFix {
  /** Files whose rows go before: nothing is said of them, and what is alike to one of them is a duplicate. */
  readonly behind?: readonly string[];
}

export function shapeOf(first: unknown, { format, columns = {} }: AskedShape): RowShape {
  const found = format ?? (isObject(first) ? formatOf(Object.keys(first), columns) : undefined);
  return { format: found ?? formatMeant(columns), columns };
}

/** A column that the format does not have cannot be called otherwise. */
export function columnFindings({ format, columns }: RowShape, where: Where): Finding[] {
  const own = columnsOf(format);
  return (Object.keys(columns) as FormatColumn[])
    .filter((column) => !own.includes(column))
    .map((column) => ({
      id: 'data/columns',
      severity: 'error',
      where: { ...where, path: `columns.${column}` },
      given: columns[column] ?? null,
      message: `The format ${format} has no column "${column}".`,
      fix: `It has ${own.join(', ')}; another format is chosen by format: '...'.`,
    }));
}

export interface Mapped {
  readonly shape: RowShape;
  see(rows: readonly unknown[]): void;
  /** Columns that may be missing, and whose other name no row has: it is misspelt. The others are missed in each row. */
  findings(where: Where): Finding[];
}

export function mappedColumns(shape: RowShape): Mapped {
  const { format, columns } = shape;
  const unseen = new Map<string, FormatColumn>();
  for (const column of formats[format].optional) {
    const name = columns[column];
    if (name !== undefined) unseen.set(name, column);
  }
  let has: readonly string[] = [];
  return {
    shape,
    see(rows) {
      for (const row of rows) {
        if (unseen.size === 0) return;
        if (!isObject(row)) continue;
        if (has.length === 0) has = Object.keys(row);
        for (const name of unseen.keys()) if (Object.hasOwn(row, name)) unseen.delete(name);
      }
    },
    findings: (where) =>
      [...unseen].map(([name, column]) => ({
        id: 'data/missing-column',
        severity: 'error',
        where: { ...where, path: `columns.${column}` },
        given: name,
        message: `No row has a column "${name}".`,
        fix: correction(column, name, has),
      })),
  };
}
