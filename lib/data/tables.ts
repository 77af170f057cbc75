/** Comma- and tab-separated values: RFC 4180, as Python's `csv` reads it, which the trainer uses. */
import { BrokenData } from './broken.ts';
import type { Rows } from './rows.ts';

interface Records {
  readonly fields: readonly (readonly string[])[];
  /** Line (from 1) on which each record begins. */
  readonly lines: readonly number[];
}

const fix = 'Quote a field that holds the separator, a quote or a line break, and write its quotes twice.';

/** Where the text between `from` and `to` ends in lines: \n, \r\n and \r each end one. */
const countLines = (text: string) => text.match(/\r\n|\n|\r/g)?.length ?? 0;

interface NextRecord {
  /** Absent for an empty line, which is no record. */
  readonly fields?: readonly string[];
  /** On which it begins, from 1. */
  readonly line: number;
}

/** Records one after another, of a text that may go on. */
export class RecordReader {
  readonly #text: string;
  readonly #mark: string;
  #at = 0;
  #line: number;
  #used = 0;
  #isLast = true;

  constructor(text: string, mark: string, line = 1) {
    this.#text = text;
    this.#mark = mark;
    this.#line = line;
  }

  /** How much of the text is read in whole records, and the line behind them. */
  get used(): number {
    return this.#used;
  }

  get line(): number {
    return this.#line;
  }

  /** `isLast`: the text does not go on. Otherwise a record that reaches its end is not whole yet. Throws BrokenData. */
  next(isLast = true): NextRecord | undefined {
    if (this.#at >= this.#text.length) return undefined;
    this.#isLast = isLast;
    const line = this.#line;
    const record = this.#record();
    if (!record || (!isLast && this.#at >= this.#text.length)) {
      this.#at = this.#used;
      this.#line = line;
      return undefined;
    }
    this.#used = this.#at;
    const isEmpty = record.length === 1 && record[0] === undefined;
    return isEmpty ? { line } : { line, fields: record.map((field) => field ?? '') };
  }

  /** Undefined where it is not whole. */
  #record(): (string | undefined)[] | undefined {
    const record: (string | undefined)[] = [];
    for (;;) {
      const isQuoted = this.#text[this.#at] === '"';
      const field = isQuoted ? this.#quoted() : this.#plain();
      if (field === undefined) return undefined;
      record.push(field === '' && !isQuoted && record.length === 0 ? undefined : field);
      const next = this.#text[this.#at];
      if (next === this.#mark) {
        this.#at += 1;
        continue;
      }
      if (next !== undefined) this.#lineEnd();
      return record;
    }
  }

  #lineEnd(): void {
    this.#at += this.#text.startsWith('\r\n', this.#at) ? 2 : 1;
    this.#line += 1;
  }

  #plain(): string {
    const from = this.#at;
    while (this.#at < this.#text.length) {
      const mark = this.#text[this.#at];
      if (mark === this.#mark || mark === '\n' || mark === '\r') break;
      this.#at += 1;
    }
    return this.#text.slice(from, this.#at);
  }

  #quoted(): string | undefined {
    const begun = this.#line;
    let field = '';
    for (let from = this.#at + 1; ; ) {
      const end = this.#text.indexOf('"', from);
      if (end < 0 && !this.#isLast) return undefined;
      if (end < 0) throw broken('has a quote that is not closed', begun);
      const part = this.#text.slice(from, end);
      field += part;
      this.#line += countLines(part);
      this.#at = end + 1;
      const next = this.#text[this.#at];
      if (next === undefined || next === this.#mark || next === '\n' || next === '\r') return field;
      if (next !== '"') throw broken('has more behind a closing quote', this.#line);
      field += '"';
      from = this.#at + 1;
    }
  }
}

function broken(what: string, line: number): BrokenData {
  return new BrokenData('data/not-csv', `${what} at line ${line}`, fix, line);
}

/** What is wrong with the first record. */
export function checkHeader(header: readonly string[]): BrokenData | undefined {
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) < index);
  if (twice === undefined) return undefined;
  const message = `has the column "${twice}" twice in its header`;
  return new BrokenData('data/header', message, 'Give each column a name of its own.', 1);
}

/** `rows`: how many differ from the header, this one the first. */
export function ragged(fields: number, header: number, line: number, rows = 1): BrokenData {
  const more = rows > 1 ? `, and ${rows - 1} more rows differ` : '';
  const what = `has ${fields} fields at line ${line}, and ${header} in its header${more}`;
  return new BrokenData('data/ragged', what, fix, line);
}

function records(text: string, mark: string): Records {
  const reader = new RecordReader(text, mark);
  const fields: (readonly string[])[] = [];
  const lines: number[] = [];
  for (let record = reader.next(); record; record = reader.next()) {
    if (!record.fields) continue;
    fields.push(record.fields);
    lines.push(record.line);
  }
  return { fields, lines };
}

/** The first record names the columns; all values are text, formulas too. Throws BrokenData. */
export function readTable(text: string, mark: ',' | '\t'): Rows {
  const { fields, lines } = records(text, mark);
  const [header = [], ...rows] = fields;
  const wrong = checkHeader(header);
  if (wrong) throw wrong;
  const others = rows.flatMap((row, index) => (row.length === header.length ? [] : [index]));
  const [first] = others;
  if (first !== undefined) throw ragged(rows[first]?.length ?? 0, header.length, lines[first + 1] ?? 0, others.length);
  const values = rows.map((row) => Object.fromEntries(row.map((field, index) => [header[index] ?? '', field])));
  return { values, lines: lines.slice(1), repeated: [] };
}

/** A row a line, as column `text`; empty lines are none. */
export function readLines(text: string): Rows {
  const lines: number[] = [];
  const values = text.split('\n').flatMap((line, index) => {
    const own = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (own === '') return [];
    lines.push(index + 1);
    return [{ text: own }];
  });
  return { values, lines, repeated: [] };
}
