/** Bytes to text: UTF-8, UTF-16, and the two older encodings of Japanese, which are told apart by what they would say. */
import type { FileEncoding } from '../settings/formats.ts';
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
function wide(bytes: Uint8Array): FileEncoding | undefined {
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
 * The share of kana among the letters beyond ASCII. Japanese is half kana; another encoding of another language, read as
 * Japanese, makes rare characters and half-width katakana, and no kana.
 */
function kana(text: string): number {
  const other = text.replace(/[^\u0080-\uffff]+/g, '');
  return other.length === 0 ? 0 : other.replace(/[^\u3041-\u3093\u30a1-\u30fc]+/g, '').length / other.length;
}

const leastKana = 0.1;

function japanese(bytes: Uint8Array): Decoded | undefined {
  let best: { readonly text: string; readonly encoding: FileEncoding; readonly share: number } | undefined;
  for (const encoding of ['euc-jp', 'shift_jis'] as const) {
    if (encoding === 'euc-jp' && bytes.includes(0x8f)) continue;
    const text = decoded(bytes, encoding);
    if (text === undefined || oddities.test(text)) continue;
    const share = kana(text);
    if (share >= leastKana && share > (best?.share ?? 0)) best = { text, encoding, share };
  }
  return best && { text: best.text, encoding: best.encoding };
}

function unknownEncoding(): BrokenData {
  const message = 'is neither UTF-8, UTF-16, Shift_JIS nor EUC-JP';
  return new BrokenData('data/encoding', message, 'Save it as UTF-8.');
}

function found(bytes: Uint8Array): Decoded {
  const unicode = wide(bytes);
  if (unicode !== undefined) {
    const text = decoded(bytes, unicode);
    if (text !== undefined) return { text, encoding: unicode };
  } else {
    const text = decoded(bytes, 'utf-8');
    const read = text === undefined ? japanese(bytes) : { text };
    if (read) return read;
  }
  throw unknownEncoding();
}

/** Throws BrokenData. */
export function decode(bytes: Uint8Array): Decoded {
  const result = found(bytes);
  const nul = result.text.indexOf('\0');
  if (nul < 0) return result;
  const line = result.text.slice(0, nul).split('\n').length;
  throw new BrokenData('data/nul', 'has a NUL character', 'Copy the file again: it is damaged, or is no text.', line);
}
