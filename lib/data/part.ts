/** Which rows a run learns from, and which it is evaluated on. The trainer's twin is split.py: both draw the same. */
import { hash } from 'node:crypto';

export type Side = 'train' | 'evaluation';

/**
 * The side of one row; undefined: it was not drawn. `ordinal` counts from 0 over all files in their order, `file` is the
 * index of the row's file.
 */
export type Part = (ordinal: number, row: { readonly value: unknown; readonly file: number }) => Side | undefined;

export interface PartSettings {
  readonly samples?: number | undefined;
  readonly seed: number;
  readonly evaluation?: { readonly share: number } | undefined;
}

const digest = (purpose: string, seed: number, index: number) => hash('sha256', `${purpose}:${seed}:${index}`, 'hex');

/** Marks `size` of the numbers below `count`: those whose hashes with the seed come first. */
function drawn(count: number, size: number, purpose: string, seed: number): Uint8Array {
  const marks = new Uint8Array(count);
  if (size >= count) return marks.fill(1);
  // 48 bits are exact as a number; where they do not settle it, the whole hash does.
  const ranks = new Float64Array(count);
  for (let at = 0; at < count; at += 1) ranks[at] = Number.parseInt(digest(purpose, seed, at).slice(0, 12), 16);
  const last = ranks.toSorted()[size - 1] as number;
  const tied: [digest: string, index: number][] = [];
  let left = size;
  ranks.forEach((rank, at) => {
    if (rank < last) {
      marks[at] = 1;
      left -= 1;
    } else if (rank === last) tied.push([digest(purpose, seed, at), at]);
  });
  tied.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, at] of tied.slice(0, left)) marks[at] = 1;
  return marks;
}

/** How many rows a share is: to the nearest, halves up, and at least one. */
export const shareOf = (rows: number, share: number) => Math.max(1, Math.floor(rows * share + 0.5));

const sides: readonly (Side | undefined)[] = [undefined, 'train', 'evaluation'];

/** A byte a row, an index into `sides`. */
function marksOf(rows: number, { samples, seed, evaluation }: PartSettings): Uint8Array {
  const taken = samples === undefined ? new Uint8Array(rows).fill(1) : drawn(rows, samples, 'sample', seed);
  if (!evaluation) return taken;
  const kept = taken.reduce((sum, mark) => sum + mark, 0);
  const held = drawn(kept, shareOf(kept, evaluation.share), 'evaluation', seed);
  let at = 0;
  return taken.map((mark) => (mark === 0 ? 0 : 1 + (held[at++] as number)));
}

/** `rows`: how many there are to draw from. A byte is held of each where something is drawn at all. */
export function partOf(rows: number, settings: PartSettings): Part {
  const { samples, evaluation } = settings;
  if ((samples === undefined || samples >= rows) && !evaluation) return () => 'train';
  const marks = marksOf(rows, settings);
  return (ordinal) => sides[marks[ordinal] ?? 0];
}
