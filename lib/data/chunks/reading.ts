/** Rows of bytes that come in pieces, and the mistake that counts at their end, as of the whole file. */
import type { WrittenEncoding } from '../../settings/formats.ts';
import { BrokenData } from '../broken.ts';
import { PieceDecoder } from './decoder.ts';
import { type LetteredType, piecesOf } from './parser.ts';
import type { FoundRow, OnBroken, Pieces } from './pieces.ts';

export class Reading {
  readonly decoder: PieceDecoder;
  readonly #pieces: Pieces;
  #broken: BrokenData | undefined;
  #bytes = 0;
  #rows = 0;

  /** `encoding`: as it is said to be. */
  constructor(type: LetteredType | undefined, onBroken: OnBroken, encoding?: WrittenEncoding) {
    this.decoder = new PieceDecoder(encoding);
    this.#pieces = piecesOf(type, onBroken);
  }

  /** Where `decoder.asks` then, the rows come by `settle`. */
  push(bytes: Buffer): FoundRow[] {
    this.#bytes += bytes.length;
    return this.#parsed(this.decoder.push(bytes, false));
  }

  settle(encoding: Parameters<PieceDecoder['settle']>[0]): FoundRow[] {
    return this.#parsed(this.decoder.settle(encoding));
  }

  /** The last bytes were there: what has waited. `decoder.asks` as with `push`. */
  last(): FoundRow[] {
    return this.#parsed(this.decoder.push(Buffer.alloc(0), true));
  }

  #parsed(text: string): FoundRow[] {
    return text === '' ? [] : this.#noted(() => this.#pieces.push(text), text);
  }

  /** Behind a mistake nothing is a row; the rest may have one that counts more. */
  #noted(read: () => FoundRow[], text: string): FoundRow[] {
    try {
      const rows = this.#broken ? [] : read();
      if (this.#broken) this.#pieces.after(text);
      this.#rows += rows.length;
      return rows;
    } catch (caught) {
      if (!(caught instanceof BrokenData)) throw caught;
      this.#broken = caught;
      return [];
    }
  }

  /** Throws BrokenData. */
  end(): FoundRow[] {
    if (this.#bytes === 0) throw new BrokenData('data/empty', 'is empty', 'Write rows into it.');
    if (this.decoder.broken) throw this.decoder.broken;
    const rows = this.#noted(() => this.#pieces.end(), '');
    if (this.#broken) throw this.#broken;
    if (this.#rows === 0) throw new BrokenData('data/empty', 'has no rows', 'Write rows into it.');
    return rows;
  }
}
