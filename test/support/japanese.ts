/** Japanese in the encodings of before Unicode: Node decodes them, and writes none of them. */
import { readFileSync } from 'node:fs';

type Old = 'shift_jis' | 'euc-jp';

function table(encoding: Old): Map<string, Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const found = new Map<string, Buffer>();
  const note = (...bytes: number[]) => {
    try {
      const letter = decoder.decode(Uint8Array.from(bytes));
      // Three that only IBM has are taken for a mistake.
      if ([...letter].length === 1 && !/[¢£¬]/.test(letter) && !found.has(letter))
        found.set(letter, Buffer.from(bytes));
    } catch {
      // No character of this encoding.
    }
  };
  for (let code = 0; code < 128; code += 1) found.set(String.fromCharCode(code), Buffer.from([code]));
  for (let first = 0xa1; first < 0x100; first += 1) note(first);
  for (let first = 0x81; first < 0xff; first += 1)
    for (let second = 0x40; second < 0xff; second += 1)
      if (first !== 0x8f || encoding === 'shift_jis') note(first, second);
  return found;
}

const tables = new Map<Old, Map<string, Buffer>>();

export function tableOf(encoding: Old): ReadonlyMap<string, Buffer> {
  const made = tables.get(encoding) ?? table(encoding);
  tables.set(encoding, made);
  return made;
}

/** Throws for a letter that the encoding has not. */
export function encode(text: string, encoding: Old): Buffer {
  const letters = tableOf(encoding);
  return Buffer.concat(
    [...text].map((letter) => {
      const bytes = letters.get(letter);
      if (!bytes) throw new RangeError(`${encoding} has no ${letter}`);
      return bytes;
    }),
  );
}

export const isIn = (text: string, encoding: Old) => [...text].every((letter) => tableOf(encoding).has(letter));

/** Japanese texts of examples/data that the old encodings can hold, a JSON line each. */
export function everyday(): string[] {
  const rows = JSON.parse(readFileSync(new URL('../../examples/data/everyday.json', import.meta.url), 'utf8'));
  return (rows as { instruction: string; input: string; output: string }[])
    .filter(({ instruction }) => /[ぁ-ん]/.test(instruction))
    .map((row) => JSON.stringify(row))
    .filter((text) => isIn(text, 'shift_jis') && isIn(text, 'euc-jp'));
}
