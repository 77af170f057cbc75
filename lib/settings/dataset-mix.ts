/** Several datasets of files as one. */
import * as z from 'zod';
import { share } from './dataset-parts.ts';
import { dropReasons } from './fixes.ts';
import { type Format, formats } from './formats.ts';
import { kinds, setting } from './table.ts';

/** What a person writes; the datasets themselves are looked at where they are resolved. */
export const writtenMix = z.strictObject({
  parts: z.array(z.strictObject({ data: z.unknown().optional(), weight: kinds.positive })),
  rows: kinds.count.optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(42),
  evaluation: z.strictObject({ share }).optional(),
});

const part = z.strictObject({
  weight: kinds.positive,
  /** How many of `data.files` are its own; they stand there one part behind the other. */
  files: kinds.count,
  format: z.enum(Object.keys(formats) as [Format, ...Format[]]),
  columns: z.record(z.string(), z.string()).optional(),
  fix: z
    .strictObject({
      drop: z.array(z.enum(dropReasons)).optional(),
      dedupe: z.enum(['rows', 'questions']).optional(),
    })
    .optional(),
  samples: z.union([kinds.count, z.strictObject({ share })]).optional(),
  /** Of `samples`. */
  seed: z.int().optional(),
});

export const resolvedMix = setting(z.strictObject({ parts: z.array(part), rows: kinds.count.optional() }).optional(), {
  class: 'semantic',
  doc: 'What `Dataset.mix` takes of each of its datasets: weight, number of files, format, columns, fix and samples of each, and how many rows at most. Not written by hand.',
  place: 'train.json#/data/mix',
});

export type ResolvedMix = NonNullable<z.output<typeof resolvedMix>>;
