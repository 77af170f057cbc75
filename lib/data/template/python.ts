/** What Python's Jinja does to text and numbers where JavaScript does something else. */

/** What str.strip takes away and `\s` matches: U+FEFF is none of it, the separators U+001C to U+001F are. */
export const space = '\\t\\n\\v\\f\\r\\x1c-\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const leading = new RegExp(`^[${space}]+`);
const trailing = new RegExp(`[${space}]+$`);

export type Side = 'strip' | 'lstrip' | 'rstrip';

/** From the end backwards: a pattern that ends in `+$` is tried at every space of a text. */
function behindLast(text: string, isTaken: (letter: string) => boolean): number {
  let end = text.length;
  while (end > 0) {
    const one = text.codePointAt(end - 2) ?? 0;
    const width = one > 0xffff && end > 1 ? 2 : 1;
    if (!isTaken(text.slice(end - width, end))) break;
    end -= width;
  }
  return end;
}

function beforeFirst(text: string, isTaken: (letter: string) => boolean): number {
  let at = 0;
  while (at < text.length) {
    const letter = String.fromCodePoint(text.codePointAt(at) as number);
    if (!isTaken(letter)) break;
    at += letter.length;
  }
  return at;
}

/** `letters`: what is taken away instead of space, in any order. */
export function strip(text: string, side: Side, letters?: string): string {
  const set = letters === undefined ? undefined : new Set(letters);
  const isTaken = (letter: string) => (set ? set.has(letter) : leading.test(letter));
  const end = side === 'lstrip' ? text.length : behindLast(text, isTaken);
  const kept = text.slice(0, end);
  return side === 'rstrip' ? kept : kept.slice(beforeFirst(kept, isTaken));
}

export function stripRight(text: string): string {
  return trailing.test(text.slice(-1)) ? strip(text, 'rstrip') : text;
}

/** A float as Python writes it: `2.0`, `1e-07`, `1e+16`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  if (value === 0) return '0.0';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16)
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const plain = String(value);
  const written = /e/.test(plain)
    ? value.toFixed(Math.max(0, digits.replace(/[-.]/g, '').length - 1 - exponent))
    : plain;
  return written.includes('.') ? written : `${written}.0`;
}
