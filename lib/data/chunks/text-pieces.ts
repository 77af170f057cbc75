/** Lines of a text in pieces. */
import { mostLetters, rowTooLong } from '../broken.ts';
import type { FoundRow, Pieces } from './pieces.ts';

/** Cuts into lines, without the \n that ends each; what is behind the last one waits. */
export class LineCutter {
  #waiting: string[] = [];
  #letters = 0;
  #line = 1;

  /** `line`: of the first line of the text. */
  constructor(line = 1) {
    this.#line = line;
  }

  /** Throws BrokenData. */
  cut(text: string): string[] {
    const lines = text.includes('\n') ? text.split('\n') : [];
    if (lines.length > 0) {
      lines[0] = this.#waiting.join('') + lines[0];
      this.#waiting = [];
      this.#letters = 0;
      this.#line += lines.length - 1;
    }
    const last = lines.pop() ?? text;
    this.#waiting.push(last);
    this.#letters += last.length;
    if (this.#letters > mostLetters) throw rowTooLong(this.#line);
    return lines;
  }

  rest(): string {
    return this.#waiting.join('');
  }
}

/** A row a line, as column `text`; empty lines are none. */
export class LinePieces implements Pieces {
  readonly #cutter = new LineCutter();
  #line = 0;

  push(text: string): FoundRow[] {
    return this.#cutter.cut(text).flatMap((line) => this.#row(line));
  }

  #row(line: string): FoundRow[] {
    this.#line += 1;
    const own = line.endsWith('\r') ? line.slice(0, -1) : line;
    return own === '' ? [] : [{ value: { text: own }, line: this.#line }];
  }

  after(): void {}

  end(): FoundRow[] {
    return this.#row(this.#cutter.rest());
  }
}
