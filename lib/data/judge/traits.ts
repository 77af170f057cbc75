/** Which marks a text has at all, found in one pass: most searches are then over before they begin. */

export const traits = {
  /** A control or invisible character. */
  control: 1,
  /** Anything beyond ASCII. */
  wide: 2,
  '<': 4,
  '&': 8,
  '@': 16,
  '[': 32,
  '#': 64,
  ':': 128,
  /** Seven digits or more in all: no number of a person has fewer. */
  digits: 256,
  _: 512,
  '-': 1024,
  '.': 2048,
} as const;

const leastDigits = 7;

/** Of ASCII: its trait, or 0. */
const ascii = new Uint16Array(128);
for (let code = 0; code < 128; code += 1) {
  if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127) ascii[code] = traits.control;
}
for (const mark of ['<', '&', '@', '[', '#', ':', '_', '-', '.'] as const) ascii[mark.charCodeAt(0)] = traits[mark];

/**
 * Controls of Latin-1, marks that join or part nothing that is seen (zero-width space, byte order mark), and those that
 * turn the order of letters round. Joiners (U+200C, U+200D) are part of emoji and of some scripts.
 */
export function isInvisible(code: number): boolean {
  if (code < 0xa0) return code >= 0x7f || (code < 32 && code !== 9 && code !== 10 && code !== 13);
  return code === 0x200b || code === 0xfeff || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

export function traitsOf(text: string): number {
  let found = 0;
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 128) {
      found |= ascii[code] ?? 0;
      if (code >= 48 && code <= 57) digits += 1;
    } else {
      found |= isInvisible(code) ? traits.wide | traits.control : traits.wide;
    }
  }
  return digits >= leastDigits ? found | traits.digits : found;
}
