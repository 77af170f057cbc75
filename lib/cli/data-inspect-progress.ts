/** How far the reading is, on one line that is written over: only where stderr is a terminal, and gone at the end. */

import { asciiText } from '../base/ascii.ts';
import { bytesText, durationText, grouped } from '../base/quantity.ts';
import { isUtf8 } from './context.ts';

const everyMs = 200;

/** What is told of a reading that has gone on for `seconds`. */
export function progressText(rows: number, done: number, all: number, seconds: number): string {
  const rate = done / Math.max(seconds, 1e-3);
  const left = rate > 0 && done < all ? ` · ${durationText((all - done) / rate)} left` : '';
  const share = all > 0 ? Math.min(100, Math.floor((100 * done) / all)) : 100;
  return `${share} % · ${grouped(rows)} rows · ${bytesText(rate)}/s${left}`;
}

export class Progress {
  readonly #all: number;
  readonly #shows = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
  readonly #begun = performance.now();
  #last = performance.now();
  #drawn = false;

  /** `all`: bytes of all files. */
  constructor(all: number) {
    this.#all = all;
  }

  /** `done`: of the work, from 0 to 1. */
  tell(rows: number, done: number): void {
    const now = performance.now();
    if (!this.#shows || now - this.#last < everyMs) return;
    this.#last = now;
    const text = progressText(rows, done * this.#all, this.#all, (now - this.#begun) / 1000);
    this.#write(`\r${isUtf8() ? text : asciiText(text)}\u001b[K`);
    this.#drawn = true;
  }

  end(): void {
    if (this.#drawn) this.#write('\r\u001b[K');
    this.#drawn = false;
  }

  #write(text: string): void {
    process.stderr.write(text);
  }
}
