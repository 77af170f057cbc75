/** Rows of a JSON array in pieces. A row is parsed as soon as it is whole. */
import { mostLetters, rowTooLong } from '../broken.ts';
import { brokenLine } from '../lines.ts';
import { notJson, tooDeep } from '../rows.ts';
import { deepest, scan } from '../scan.ts';
import type { FoundRow, Pieces } from './pieces.ts';

const blank = /^[ \t\r\n]*$/;

/** Begins behind the first `[`. */
export class ArrayPieces implements Pieces {
  #depth = 1;
  #inString = false;
  #escaped = false;
  /** As `scan` counts: line breaks outside of strings. */
  #line: number;
  /** What is read of the row that is not whole yet, and the line on which that begins. */
  #waiting: string[] = [];
  #letters = 0;
  #begun: number;
  #count = 0;
  #isClosed = false;

  constructor(line: number) {
    this.#line = line;
    this.#begun = line;
  }

  push(text: string): FoundRow[] {
    const rows: FoundRow[] = [];
    let from = 0;
    for (let at = this.#next(text, 0); at >= 0; at = this.#next(text, at + 1)) {
      const mark = text[at] as string;
      this.#wait(text.slice(from, at));
      rows.push(...this.#whole(mark));
      from = at + 1;
    }
    this.#wait(text.slice(from));
    return rows;
  }

  #wait(text: string): void {
    this.#waiting.push(text);
    this.#letters += text.length;
    if (this.#letters > mostLetters) throw rowTooLong(this.#begun);
  }

  /** Where the next row ends: at a comma of the array, or at its end. -1: not in this piece. */
  #next(text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const mark = text[at] as string;
      if (this.#inString) this.#letter(mark);
      else if (this.#ends(mark)) return at;
    }
    return -1;
  }

  #letter(mark: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (mark === '\\') this.#escaped = true;
    else if (mark === '"') this.#inString = false;
  }

  #ends(mark: string): boolean {
    if (mark === '"') this.#inString = true;
    else if (mark === '\n') this.#line += 1;
    else if (mark === '{' || mark === '[') {
      this.#depth += 1;
      if (this.#depth > deepest) throw tooDeep(this.#line);
    } else if (mark === '}' || mark === ']') {
      this.#depth -= 1;
      return this.#depth === 0 && !this.#isClosed;
    } else return mark === ',' && this.#depth === 1 && !this.#isClosed;
    return false;
  }

  /** A row that ends with `mark`. */
  #whole(mark: string): FoundRow[] {
    const text = this.#waiting.join('');
    const begun = this.#begun;
    this.#waiting = [];
    this.#letters = 0;
    this.#begun = this.#line;
    if (mark !== ',') this.#isClosed = true;
    if (mark === ']' && this.#count === 0 && blank.test(text)) return [];
    let value: unknown;
    try {
      if (mark === '}') throw new SyntaxError('an array does not end so');
      value = JSON.parse(text);
    } catch {
      throw this.#broken(text + mark, begun);
    }
    this.#count += 1;
    const { lines, repeated } = scan(text, 0);
    const keys = repeated.map(({ key }) => key);
    return [{ value, line: begun + (lines[0] ?? 1) - 1, ...(keys.length > 0 ? { repeated: keys } : {}) }];
  }

  /** Before it all is right, so that any row may stand for it. */
  #broken(text: string, begun: number) {
    return notJson(begun + brokenLine((this.#count > 0 ? '[0,' : '[') + text) - 1);
  }

  after(text: string): void {
    this.#isClosed = true;
    this.#next(text, 0);
  }

  end(): FoundRow[] {
    const text = this.#waiting.join('');
    if (!this.#isClosed) throw this.#broken(text, this.#begun);
    if (blank.test(text)) return [];
    const line = this.#begun + (/^[ \t\r\n]*/.exec(text)?.[0].split('\n').length ?? 1) - 1;
    throw notJson(line);
  }
}
