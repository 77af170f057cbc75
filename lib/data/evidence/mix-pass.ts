/** The pass over a mix: each part is read in its own way, and each row stands where the mix puts it. */

import type { ResolvedMix } from '../../settings/dataset-mix.ts';
import { exactFix, type Fix } from '../../settings/fixes.ts';
import {
  type Columns,
  type Format,
  isDialogue,
  type WrittenEncoding,
  writtenEncodings,
} from '../../settings/formats.ts';
import { mixCounts, mixOrder } from '../mix.ts';
import { type Part, type PartSettings, partOf, takenOf } from '../part.ts';
import type { ReviewInput } from '../review/asked.ts';
import { countRows } from '../review/count.ts';
import { type Review, review } from '../review/review.ts';

export interface MixPassInput {
  /** What is the same of all parts; `onProgress` goes over all of them. */
  readonly common: Omit<ReviewInput, 'paths' | 'format' | 'columns' | 'fix' | 'part' | 'draw'>;
  /** Of all parts, one part behind the other. */
  readonly paths: readonly string[];
  /** How each of them was read where the mix was made; absent: as UTF-8. */
  readonly encodings: readonly (string | undefined)[];
  /** No template is named: each part has that of its format. */
  readonly isPlain: boolean;
  readonly mix: ResolvedMix;
  /** Of the mixed rows. */
  readonly format: Format;
  readonly seed: number;
  readonly evaluation: PartSettings['evaluation'];
}

type MixPart = ResolvedMix['parts'][number];
type PartInput = Omit<ReviewInput, 'draw'>;

/** Of files that are all read alike, as somebody may have said it; else it is found again. */
function encodingOf(encodings: readonly (string | undefined)[]): WrittenEncoding | undefined {
  const [first] = encodings;
  return encodings.every((one) => one === first) ? writtenEncodings.find((one) => one === first) : undefined;
}

function inputOf(part: MixPart, from: number, input: MixPassInput): PartInput {
  const { common, format, isPlain } = input;
  const to = from + part.files;
  return {
    ...common,
    ...(isPlain ? { template: undefined } : {}),
    paths: input.paths.slice(from, to),
    encoding: encodingOf(input.encodings.slice(from, to)),
    format: part.format,
    columns: (part.columns ?? {}) as Columns,
    fix: exactFix(part.fix as Fix | undefined),
    asDialogue: isDialogue(format) && !isDialogue(part.format),
  };
}

function inputsOf(input: MixPassInput): PartInput[] {
  let from = 0;
  return input.mix.parts.map((part) => {
    const own = inputOf(part, from, input);
    from += part.files;
    return own;
  });
}

/** The numbers of the rows that are drawn of `rows`, in their order. */
function drawnOf(rows: number, settings: PartSettings): number[] {
  const part = partOf(rows, settings);
  return [...Array(rows).keys()].filter((ordinal) => part(ordinal, { file: 0 }) !== undefined);
}

/** What the mix takes of each part, as the trainer does it (mix.py): the part's own sample, then that of the mix. */
function drawsOf(rows: readonly number[], { mix, seed, evaluation }: MixPassInput): Part[] {
  const sampled = mix.parts.map((part, at) => drawnOf(rows[at] ?? 0, { samples: part.samples, seed: part.seed ?? 0 }));
  const counted = mix.parts.map(({ weight, samples }, at) => ({ weight, rows: takenOf(rows[at] ?? 0, samples) }));
  const counts = mixCounts(counted, mix.rows);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const side = partOf(all, { seed, evaluation });
  const places = mix.parts.map((): number[] => []);
  for (const [place, [part]] of mixOrder(counts).entries()) places[part]?.push(place);
  return mix.parts.map((_, at): Part => {
    const own = sampled[at] ?? [];
    const drawn = drawnOf(own.length, { samples: counts[at] ?? 0, seed });
    const placeOf = new Map(drawn.map((index, nth) => [own[index] as number, places[at]?.[nth] as number]));
    return (ordinal, row) => {
      const place = placeOf.get(ordinal);
      return place === undefined ? undefined : side(place, { ...row, file: 0 });
    };
  });
}

/** One review a part, in their order: rows of two parts are not compared. Throws as `review` does. */
export async function mixPass(input: MixPassInput): Promise<Review[]> {
  const parts = inputsOf(input);
  const rows: number[] = [];
  for (const part of parts) rows.push(await countRows(part, () => {}));
  const draws = drawsOf(rows, input);
  const reviews: Review[] = [];
  const { onProgress } = input.common;
  let before = 0;
  for (const [at, part] of parts.entries()) {
    const told = (seen: number, done: number) => onProgress?.(before + seen, (at + done) / parts.length);
    const found = await review({ ...part, draw: draws[at], onProgress: told });
    before += found.rows;
    reviews.push(found);
  }
  return reviews;
}
