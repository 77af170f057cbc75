/** Letters of texts, and the tokens that hold them. */

export interface Located {
  readonly text: string;
  /** Letters, in UTF-16 units. */
  readonly letters: readonly number[];
}

export interface LocatedTokens {
  readonly ids: Uint32Array;
  /** The first token that holds the letter; null where none does, as of a letter that is left out. */
  readonly tokens: readonly (number | null)[];
}

/** Which code point stands at a place in UTF-16 units, from 0. */
export function pointAt(text: string, place: number): number {
  let points = 0;
  for (let at = 0; at <= place; at += 1) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) points += 1;
  return points - 1;
}
