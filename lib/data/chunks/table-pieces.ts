/** Records of a table in pieces. */
import { type BrokenData, mostLetters, rowTooLong } from '../broken.ts';
import { checkHeader, RecordReader, ragged } from '../tables.ts';
import type { FoundRow, OnBroken, Pieces } from './pieces.ts';

export class TablePieces implements Pieces {
  readonly #mark: ',' | '\t';
  readonly #onBroken: OnBroken;
  #waiting = '';
  #line = 1;
  /** A record that is long is looked at again when twice as much is there. */
  #enough = 0;
  #header: readonly string[] | undefined;
  #twice: BrokenData | undefined;
  #ragged: { readonly fields: number; readonly line: number } | undefined;
  #raggedRows = 0;

  constructor(mark: ',' | '\t', onBroken: OnBroken) {
    this.#mark = mark;
    this.#onBroken = onBroken;
  }

  push(text: string): FoundRow[] {
    this.#waiting += text;
    return this.#waiting.length < this.#enough ? [] : this.#read(false);
  }

  #read(isLast: boolean): FoundRow[] {
    const reader = new RecordReader(this.#waiting, this.#mark, this.#line);
    const rows: FoundRow[] = [];
    for (let record = reader.next(isLast); record; record = reader.next(isLast)) {
      if (record.fields) rows.push(...this.#row(record.fields, record.line));
      this.#line = reader.line;
    }
    this.#waiting = this.#waiting.slice(reader.used);
    this.#enough = 2 * this.#waiting.length;
    if (this.#waiting.length > mostLetters) throw rowTooLong(this.#line);
    return rows;
  }

  #row(fields: readonly string[], line: number): FoundRow[] {
    if (!this.#header) {
      this.#header = fields;
      this.#twice = checkHeader(fields);
      return [];
    }
    const header = this.#header;
    if (fields.length !== header.length) {
      if (this.#onBroken) this.#onBroken(ragged(fields.length, header.length, line));
      else {
        this.#ragged ??= { fields: fields.length, line };
        this.#raggedRows += 1;
      }
      return [];
    }
    return [{ value: Object.fromEntries(fields.map((field, index) => [header[index] ?? '', field])), line }];
  }

  after(): void {}

  /** A quote that is not closed explains the rest, so what is said of records comes behind all of them. */
  end(): FoundRow[] {
    const rows = this.#read(true);
    if (this.#twice) throw this.#twice;
    const { fields, line } = this.#ragged ?? { fields: 0, line: 0 };
    if (this.#ragged) throw ragged(fields, this.#header?.length ?? 0, line, this.#raggedRows);
    return rows;
  }
}
