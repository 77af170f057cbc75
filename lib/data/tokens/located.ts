/** Places in texts, and where they are among the tokens. */

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

export interface Begun {
  readonly text: string;
  /** How much of it is its begin, in UTF-16 units. */
  readonly begin: number;
}

export interface Parted {
  readonly ids: Uint32Array;
  /** How many ids the text and its begin by itself both start with. */
  readonly border: number;
  /** Ids of the begin behind those. */
  readonly merged: number;
}

/** How many leading ids two texts have in common. */
export function commonPrefix(a: Uint32Array, b: Uint32Array): number {
  const most = Math.min(a.length, b.length);
  for (let at = 0; at < most; at += 1) if (a[at] !== b[at]) return at;
  return most;
}
