/** JSON in pieces: an array of rows, or a row a line. */
import { BrokenData } from '../broken.ts';
import { lineRow } from '../rows.ts';
import { ArrayPieces } from './array-pieces.ts';
import type { FoundRow, OnBroken, Pieces } from './pieces.ts';
import { LineCutter } from './text-pieces.ts';

class JsonLines implements Pieces {
  readonly #cutter: LineCutter;
  readonly #onBroken: OnBroken;
  #line: number;

  constructor(onBroken: OnBroken, line: number) {
    this.#onBroken = onBroken;
    this.#line = line;
    this.#cutter = new LineCutter(line + 1);
  }

  push(text: string): FoundRow[] {
    return this.#cutter.cut(text).flatMap((line) => this.#row(line));
  }

  #row(text: string): FoundRow[] {
    this.#line += 1;
    try {
      const row = lineRow(text, this.#line);
      return row ? [row] : [];
    } catch (caught) {
      if (!(caught instanceof BrokenData) || !this.#onBroken) throw caught;
      this.#onBroken(caught);
      return [];
    }
  }

  after(): void {}

  end(): FoundRow[] {
    return this.#row(this.#cutter.rest());
  }
}

/** What the first letter that is no space says. */
export class JsonPieces implements Pieces {
  readonly #onBroken: OnBroken;
  #chosen: Pieces | undefined;
  /** Before the line on which the first letter will be. */
  #lines = 0;

  constructor(onBroken: OnBroken) {
    this.#onBroken = onBroken;
  }

  push(text: string): FoundRow[] {
    if (this.#chosen) return this.#chosen.push(text);
    const first = /[^ \t\r\n]/.exec(text);
    // Spaces before it say nothing, and may be many.
    const blank = first ? text.slice(0, first.index) : text;
    for (let at = blank.indexOf('\n'); at >= 0; at = blank.indexOf('\n', at + 1)) this.#lines += 1;
    if (!first) return [];
    const isArray = first[0] === '[';
    this.#chosen = isArray ? new ArrayPieces(this.#lines + 1) : new JsonLines(this.#onBroken, this.#lines);
    return this.#chosen.push(text.slice(isArray ? first.index + 1 : first.index));
  }

  after(text: string): void {
    this.#chosen?.after(text);
  }

  end(): FoundRow[] {
    return this.#chosen?.end() ?? [];
  }
}
