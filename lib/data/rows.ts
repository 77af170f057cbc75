/** Rows of a JSON array or of JSON lines, with the line of each. */
import { BrokenData } from './broken.ts';
import { brokenLine } from './lines.ts';
import { deepest, type Scanned, scan, tooDeepAt } from './scan.ts';

export interface Rows {
  readonly values: readonly unknown[];
  /** Line (from 1) of each row; none of a file that has no lines. */
  readonly lines: readonly number[];
  /** Keys that a row has more than once: which value counts, nobody has said. */
  readonly repeated: readonly { readonly row: number; readonly key: string }[];
}

export const tooDeep = (line: number) =>
  new BrokenData(
    'data/too-deep',
    `nests deeper than ${deepest} levels at line ${line}`,
    'Take out what nests: only text is trained on.',
    line,
  );

export const notJson = (line: number) =>
  new BrokenData(
    'data/not-json',
    `is not valid JSON at line ${line}`,
    'Write an array of objects, or one object a line.',
    line,
  );

function parse(text: string, line: () => number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const deep = tooDeepAt(text);
    if (deep !== undefined) throw tooDeep(deep + line() - 1);
    throw notJson(line() + brokenLine(text) - 1);
  }
}

function allowed(scanned: Scanned, before = 0): Scanned {
  if (scanned.tooDeep !== undefined) throw tooDeep(scanned.tooDeep + before);
  return scanned;
}

function array(text: string): Rows {
  const values = parse(text, () => 1) as unknown[];
  return { values, ...allowed(scan(text, 1)) };
}

/** As messages name a row: by its line, and where there are no lines by its number. `row` from 0. */
export function placeOf(path: string, { lines }: Pick<Rows, 'lines'>, row: number): string {
  return lines[row] === undefined ? `${path} row ${row + 1}` : `${path}:${lines[row]}`;
}

/** What JSON takes for space: other letters that look empty are a mistake in both readers. */
const blank = /^[ \t\r]*$/;

/** The row of one line, `line` from 1; undefined for an empty one. Throws BrokenData. */
export function lineRow(text: string, line: number): LineRow | undefined {
  if (blank.test(text)) return undefined;
  const value = parse(text, () => line);
  const repeated = allowed(scan(text, 0), line - 1).repeated.map(({ key }) => key);
  return { value, line, ...(repeated.length > 0 ? { repeated } : {}) };
}

interface LineRow {
  readonly value: unknown;
  readonly line: number;
  /** Keys that it has more than once. */
  readonly repeated?: readonly string[];
}

function lines(text: string): Rows {
  const values: unknown[] = [];
  const at: number[] = [];
  const repeated: { row: number; key: string }[] = [];
  text.split('\n').forEach((line, index) => {
    const row = lineRow(line, index + 1);
    if (!row) return;
    for (const key of row.repeated ?? []) repeated.push({ row: values.length, key });
    values.push(row.value);
    at.push(row.line);
  });
  return { values, lines: at, repeated };
}

/** Reads a whole text. Throws BrokenData. */
export function readRows(text: string): Rows {
  return /^[ \t\r\n]*\[/.test(text) ? array(text) : lines(text);
}
