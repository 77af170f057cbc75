/** Bytes that come in pieces to text, as `decode` makes it of the whole: the same encoding, the same mistakes. */
import type { FileEncoding, WrittenEncoding } from '../../settings/formats.ts';
import type { BrokenData } from '../broken.ts';
import {
  beginsAsUtf8,
  firstBeyondAscii,
  Guess,
  isOlder,
  nulAt,
  otherEncoding,
  settling,
  unknownEncoding,
  wide,
} from '../encoding.ts';

const none: Buffer = Buffer.alloc(0);

export class PieceDecoder {
  /** What is not decoded yet: it is not known as what. */
  #held = none;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #isFirst = true;
  #line = 1;
  #wasText = false;
  #isLast = false;
  encoding: FileEncoding | undefined;
  /** Whether it waits for `settle`: it is no UTF-8, and what it is the whole file says. */
  asks = false;
  /** Counts once all is read: what is no text in any encoding counts more than a letter in it. */
  broken: BrokenData | undefined;
  #isLost = false;
  readonly #said: WrittenEncoding | undefined;
  /** Whether both readers have the same letters for the bytes. */
  readonly #guess: Guess | undefined;

  /** `said`: the encoding, where it is not to be found. */
  constructor(said?: WrittenEncoding) {
    this.#said = said;
    if (said && said !== 'utf-8') this.encoding = said;
    if (said && isOlder(said)) this.#guess = new Guess(said);
    if (said) this.#begin(said);
  }

  /** The text of this piece; empty where it waits for more, and behind a mistake. */
  push(bytes: Buffer, isLast: boolean): string {
    if (this.#isLost) return '';
    this.#guess?.push(bytes, isLast);
    if (this.#guess?.isPossible === false) return this.#lost();
    const all = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    this.#held = none;
    this.#isLast = isLast;
    if (this.#decoder || this.#choose(all, isLast)) return this.#text(this.#decode(all, isLast));
    if (!this.asks) return this.#text(this.#ascii(all, isLast));
    this.#held = all;
    return '';
  }

  /** `encoding`: of the whole file, by `JapaneseGuess`. The text that has waited. */
  settle(encoding: FileEncoding | undefined): string {
    this.asks = false;
    this.encoding = encoding;
    this.#begin(encoding ?? 'utf-8');
    return this.push(none, this.#isLast);
  }

  /** Whether it is settled which encoding this is. */
  #choose(all: Buffer, isLast: boolean): boolean {
    if (this.#isFirst) {
      if (all.length < 2 && !isLast) return false;
      this.#isFirst = false;
      this.encoding = wide(all);
      if (this.encoding) return this.#begin(this.encoding);
    }
    const from = firstBeyondAscii(all);
    const part = all.subarray(from);
    if (part.length === 0 || (part.length < settling && !isLast)) return false;
    if (beginsAsUtf8(part)) return this.#begin('utf-8');
    this.asks = true;
    return false;
  }

  #begin(encoding: string): true {
    // A mark is one at the very beginning only.
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: this.#wasText });
    return true;
  }

  /** What stands before the first byte beyond ASCII; the rest is held. */
  #ascii(all: Buffer, isLast: boolean): string {
    if (this.#isFirst) {
      this.#held = all;
      return '';
    }
    const from = isLast ? all.length : firstBeyondAscii(all);
    this.#held = all.subarray(from);
    this.#wasText ||= from > 0;
    return all.toString('latin1', 0, from);
  }

  #decode(all: Buffer, isLast: boolean): string {
    try {
      return this.#decoder?.decode(all, { stream: !isLast }) ?? '';
    } catch {
      return this.#lost();
    }
  }

  #lost(): string {
    this.#isLost = true;
    this.broken = this.#said ? otherEncoding(this.#said) : unknownEncoding();
    return '';
  }

  #text(text: string): string {
    if (this.broken || text === '') return '';
    const nul = text.indexOf('\0');
    const before = nul < 0 ? text : text.slice(0, nul);
    for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) this.#line += 1;
    if (nul < 0) return text;
    this.broken = nulAt(this.#line);
    return '';
  }
}
