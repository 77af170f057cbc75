/** Why a data file gives no rows. */
import { constants } from 'node:buffer';

/** Thrown while a file is read. `message` goes on from its name: "is a folder, not a file". `line` from 1. */
export class BrokenData extends Error {
  readonly id: string;
  readonly fix: string;
  readonly line: number | undefined;
  constructor(id: string, message: string, fix: string, line?: number) {
    super(message);
    this.id = id;
    this.fix = fix;
    this.line = line;
  }
}

/** A JavaScript string holds no more, and in no encoding that is read has a character less than a byte. */
export const mostBytes = constants.MAX_STRING_LENGTH;

const MiB = 1024 ** 2;
const split = 'Split it into several files: path takes a list of them.';

export const tooLarge = (bytes: number) =>
  new BrokenData('data/too-large', `has ${bytes} bytes; one file may have ${mostBytes}`, split);

/** What a compressed file may grow to: text seldom shrinks to a twentieth, a bomb is a thousand times what it seems. */
export function mostExpanded(bytes: number): number {
  return Math.min(mostBytes, Math.max(64 * MiB, 100 * bytes));
}

export const bomb = (bytes: number) =>
  new BrokenData(
    'data/too-large',
    `grows from ${bytes} bytes to more than ${mostExpanded(bytes)} when it is unpacked`,
    'If that is meant, unpack it yourself, or split it into several files.',
  );

/** A row is held whole, in several forms. */
export const mostLetters = 64 * MiB;

export const rowTooLong = (line: number) =>
  new BrokenData(
    'data/too-large',
    `has a row of more than ${mostLetters} letters at line ${line}`,
    'Split the row: no model reads as much at once.',
    line,
  );

/** Thrown where a small file holds more than is to be read in this process. */
export class Unfolds extends Error {}
