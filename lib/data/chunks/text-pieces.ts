/** Lines of a text in pieces. */
import type { FoundRow, Pieces } from './pieces.ts';

/** Cuts into lines, without the \n that ends each; what is behind the last one waits. */
export class LineCutter {
  #waiting: string[] = [];

  cut(text: string): string[] {
    if (!text.includes('\n')) {
      this.#waiting.push(text);
      return [];
    }
    const lines = text.split('\n');
    lines[0] = this.#waiting.join('') + lines[0];
    this.#waiting = [lines.pop() ?? ''];
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
