/** Bytes to text: UTF-8, UTF-16, and the two older encodings of Japanese, which are told apart by what they would say. */
import { isAscii } from 'node:buffer';
import type { FileEncoding, WrittenEncoding } from '../settings/formats.ts';
import { BrokenData } from './broken.ts';

export interface Decoded {
  /** Without a byte order mark. */
  readonly text: string;
  readonly encoding?: FileEncoding;
}

function decoded(bytes: Uint8Array, encoding: 'utf-8' | FileEncoding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The encodings of Unicode show themselves by a mark, or by the zero bytes of the ASCII that a data file begins with. */
export function wide(bytes: Uint8Array): FileEncoding | undefined {
  const [first = 1, second = 1] = bytes;
  if ((first === 0xff && second === 0xfe) || (first > 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second > 0) ? 'utf-16be' : undefined;
}

/**
 * Decoders differ in what these become, and no text has them: control characters, and three that IBM has added to EUC-JP
 * where the half-width katakana end. Letters of three bytes (JIS X 0212) are read by few.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const oddities = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00a2\u00a3\u00ac\ufffd]/;

/**
 * Japanese is half kana; another encoding of another language, read as Japanese, makes rare characters and half-width
 * katakana, and no kana.
 */
const leastKana = 0.1;

type Older = 'euc-jp' | 'shift_jis';

export const isOlder = (encoding: string): encoding is Older => encoding === 'euc-jp' || encoding === 'shift_jis';

/** One reading of bytes that come in pieces, and how Japanese it is. */
export class Guess {
  readonly encoding: Older;
  readonly #decoder: InstanceType<typeof TextDecoder>;
  #kana = 0;
  #other = 0;
  isPossible = true;

  constructor(encoding: Older) {
    this.encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  push(bytes: Uint8Array, isLast: boolean): void {
    if (this.encoding === 'euc-jp' && bytes.includes(0x8f)) this.isPossible = false;
    if (!this.isPossible) return;
    try {
      const text = this.#decoder.decode(bytes, { stream: !isLast });
      if (oddities.test(text)) this.isPossible = false;
      const other = text.replace(/[^\u0080-\uffff]+/g, '');
      this.#other += other.length;
      this.#kana += other.replace(/[^\u3041-\u3093\u30a1-\u30fc]+/g, '').length;
    } catch {
      this.isPossible = false;
    }
  }

  /** The share of kana among the letters beyond ASCII. */
  share(): number {
    return this.isPossible && this.#other > 0 ? this.#kana / this.#other : 0;
  }
}

/** Which of the older encodings of Japanese bytes are in. They come in pieces; all of them have a say. */
export class JapaneseGuess {
  readonly #guesses = [new Guess('euc-jp'), new Guess('shift_jis')];

  push(bytes: Uint8Array, isLast = false): void {
    for (const guess of this.#guesses) guess.push(bytes, isLast);
  }

  /** Whether more bytes can make a difference. */
  isOpen(): boolean {
    return this.#guesses.some(({ isPossible }) => isPossible);
  }

  best(): Older | undefined {
    const [first, second] = this.#guesses as [Guess, Guess];
    const best = second.share() > first.share() ? second : first;
    return best.share() >= leastKana ? best.encoding : undefined;
  }
}

function japanese(bytes: Uint8Array): Decoded | undefined {
  const guess = new JapaneseGuess();
  guess.push(bytes, true);
  const encoding = guess.best();
  const text = encoding && decoded(bytes, encoding);
  return text === undefined ? undefined : { text, ...(encoding ? { encoding } : {}) };
}

export function unknownEncoding(): BrokenData {
  const message = 'is neither UTF-8, UTF-16, Shift_JIS nor EUC-JP';
  return new BrokenData('data/encoding', message, 'Save it as UTF-8.');
}

/** It was said to be in this one. */
export function otherEncoding(encoding: WrittenEncoding): BrokenData {
  const message = `cannot be read as ${encoding}`;
  return new BrokenData(
    'data/encoding',
    message,
    'Correct encoding of the dataset, or leave it out: it is found then.',
  );
}

export function withoutEncoding(type: string): BrokenData {
  const fix = 'Leave encoding out, or make a dataset of its own of the others.';
  return new BrokenData('data/encoding', `is of type ${type}, which has no encoding of its own`, fix);
}

export function nulAt(line: number): BrokenData {
  return new BrokenData('data/nul', 'has a NUL character', 'Copy the file again: it is damaged, or is no text.', line);
}

/**
 * How much of a file, from its first byte beyond ASCII on, settles whether it is UTF-8: no other text is that by chance so
 * long. A file that is read in pieces has said it by then.
 */
export const settling = 1024 ** 2;

export function firstBeyondAscii(bytes: Uint8Array): number {
  if (isAscii(bytes)) return bytes.length;
  return bytes.findIndex((byte) => byte > 0x7f);
}

/** Of bytes that begin with the first beyond ASCII. A letter may be cut at their end. */
export function beginsAsUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, settling), { stream: true });
    return true;
  } catch {
    return false;
  }
}

function found(bytes: Uint8Array): Decoded {
  const unicode = wide(bytes);
  if (unicode !== undefined) {
    const text = decoded(bytes, unicode);
    if (text !== undefined) return { text, encoding: unicode };
  } else {
    const text = decoded(bytes, 'utf-8');
    if (text !== undefined) return { text };
    const read = beginsAsUtf8(bytes.subarray(firstBeyondAscii(bytes))) ? undefined : japanese(bytes);
    if (read) return read;
  }
  throw unknownEncoding();
}

/** The older ones are read where both readers have the same letters. */
function asSaid(bytes: Uint8Array, encoding: WrittenEncoding): Decoded {
  const guess = isOlder(encoding) ? new Guess(encoding) : undefined;
  guess?.push(bytes, true);
  const text = guess?.isPossible === false ? undefined : decoded(bytes, encoding);
  if (text === undefined) throw otherEncoding(encoding);
  return { text, ...(encoding === 'utf-8' ? {} : { encoding }) };
}

/** `encoding`: as it is said to be; without it, it is found. Throws BrokenData. */
export function decode(bytes: Uint8Array, encoding?: WrittenEncoding): Decoded {
  const result = encoding ? asSaid(bytes, encoding) : found(bytes);
  const nul = result.text.indexOf('\0');
  if (nul < 0) return result;
  throw nulAt(result.text.slice(0, nul).split('\n').length);
}
