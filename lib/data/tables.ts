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

class Reader {
  readonly #text: string;
  readonly #mark: string;
  #at = 0;
  #line = 1;

  constructor(text: string, mark: string) {
    this.#text = text;
    this.#mark = mark;
  }

  records(): Records {
    const fields: string[][] = [];
    const lines: number[] = [];
    while (this.#at < this.#text.length) {
      const line = this.#line;
      const record = this.#record();
      // An empty line is none.
      if (record.length === 1 && record[0] === undefined) continue;
      fields.push(record.map((field) => field ?? ''));
      lines.push(line);
    }
    return { fields, lines };
  }

  #record(): (string | undefined)[] {
    const record: (string | undefined)[] = [];
    for (;;) {
      const isQuoted = this.#text[this.#at] === '"';
      const field = isQuoted ? this.#quoted() : this.#plain();
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

  #quoted(): string {
    const begun = this.#line;
    let field = '';
    for (let from = this.#at + 1; ; ) {
      const end = this.#text.indexOf('"', from);
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

function checkHeader(header: readonly string[]): void {
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) < index);
  if (twice === undefined) return;
  const message = `has the column "${twice}" twice in its header`;
  throw new BrokenData('data/header', message, 'Give each column a name of its own.', 1);
}

/** The first record names the columns; all values are text, formulas too. Throws BrokenData. */
export function readTable(text: string, mark: ',' | '\t'): Rows {
  const { fields, lines } = new Reader(text, mark).records();
  const [header = [], ...rows] = fields;
  checkHeader(header);
  const ragged = rows.flatMap((row, index) => (row.length === header.length ? [] : [index]));
  const [first] = ragged;
  if (first !== undefined) {
    const more = ragged.length > 1 ? `, and ${ragged.length - 1} more rows differ` : '';
    const line = lines[first + 1] ?? 0;
    const what = `has ${rows[first]?.length} fields at line ${line}, and ${header.length} in its header${more}`;
    throw new BrokenData('data/ragged', what, fix, line);
  }
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
