/** Which rows a run learns from, and which it is evaluated on. The trainer's twin is split.py: both draw the same. */
import { hash } from 'node:crypto';
import type { Example } from './example.ts';
import { isHeld } from './held.ts';

export type Side = 'train' | 'evaluation';

/**
 * The side of one row; undefined: it was not drawn. `ordinal` counts from 0 over all files in their order, `file` is the
 * index of the row's file; the files to evaluate on come behind those to learn from. `example`: what the row says.
 */
export type Part = (
  ordinal: number,
  row: { readonly example?: Example | undefined; readonly file: number },
) => Side | undefined;

/** A dataset's settings, resolved, as far as they say which rows are taken. */
export interface PartSettings {
  readonly samples?: number | { readonly share: number } | undefined;
  readonly seed: number;
  readonly evaluation?:
    | { readonly share: number; readonly by?: 'content' | undefined }
    | { readonly split: string }
    | { readonly files: readonly unknown[] }
    | undefined;
  /** Files to learn from; those of `evaluation` are behind them. */
  readonly files?: readonly unknown[] | undefined;
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

/** How many of `rows` a sample takes. */
export function takenOf(rows: number, samples: PartSettings['samples']): number {
  if (samples === undefined) return rows;
  return Math.min(rows, typeof samples === 'number' ? samples : shareOf(rows, samples.share));
}

export interface PartCounts {
  readonly train: number;
  /** Absent where they are not among the rows. */
  readonly evaluation?: number;
}

/** The share, and whether rows are drawn for it by their numbers or held out by what they say. */
function shareIn({ evaluation }: PartSettings): { readonly drawn?: number; readonly byContent?: number } {
  if (!evaluation || !('share' in evaluation)) return {};
  return evaluation.by === 'content' ? { byContent: evaluation.share } : { drawn: evaluation.share };
}

/** Who draws has to know of how many. */
export const isDrawnFrom = (settings: PartSettings) =>
  settings.samples !== undefined || shareIn(settings).drawn !== undefined;

/** `rows`: how many there are to draw from; `held`: of those that are taken, how many are held out by what they say. */
export function countsOf(rows: number, settings: PartSettings, held = 0): PartCounts {
  const taken = takenOf(rows, settings.samples);
  const { drawn: share, byContent } = shareIn(settings);
  if (byContent !== undefined) return { train: taken - held, evaluation: held };
  if (share === undefined) return { train: taken };
  const drawn = Math.min(taken, shareOf(taken, share));
  return { train: taken - drawn, evaluation: drawn };
}

const sides: readonly (Side | undefined)[] = [undefined, 'train', 'evaluation'];

/** A byte a row, an index into `sides`. */
function marksOf(rows: number, settings: PartSettings): Uint8Array {
  const { samples, seed } = settings;
  const kept = takenOf(rows, samples);
  const taken = drawn(rows, kept, 'sample', seed);
  const share = shareIn(settings).drawn;
  if (share === undefined) return taken;
  const held = drawn(kept, shareOf(kept, share), 'evaluation', seed);
  let at = 0;
  return taken.map((mark) => (mark === 0 ? 0 : 1 + (held[at++] as number)));
}

/** `rows`: how many there are to draw from. A byte is held of each where something is drawn at all. */
export function partOf(rows: number, settings: PartSettings): Part {
  const { samples, seed, evaluation, files } = settings;
  const own = evaluation && 'files' in evaluation ? (files?.length ?? 0) : Number.POSITIVE_INFINITY;
  const { drawn: share, byContent } = shareIn(settings);
  const isDrawn = takenOf(rows, samples) < rows || share !== undefined;
  const marks = isDrawn ? marksOf(rows, settings) : undefined;
  return (ordinal, { example, file }) => {
    if (file >= own) return 'evaluation';
    const side = marks ? sides[marks[ordinal] ?? 0] : 'train';
    if (side === undefined || byContent === undefined || !example) return side;
    return isHeld(example, byContent, seed) ? 'evaluation' : 'train';
  };
}
