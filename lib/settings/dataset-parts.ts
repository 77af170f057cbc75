/** Which rows of a dataset a run learns from, and which it is evaluated on. */
import * as z from 'zod';
import { sourceFile } from './data-file.ts';
import { kinds, setting } from './table.ts';

/** A part of the rows: all or none would be no part. */
export const share = z.number().gt(0).lt(1);

export const samples = setting(z.union([kinds.count, z.strictObject({ share })]).optional(), {
  class: 'semantic',
  doc: 'Take this many rows, or `{ share: 0.1 }` of them (to the nearest, halves up, at least one), drawn with the seed; default all.',
  place: 'train.json#/data/samples',
});

/** By their numbers where it is not written. */
const byShare = z.strictObject({ share, by: z.literal('content').optional() });
/** Like the data's own path. */
const ofFiles = z.strictObject({ path: z.union([kinds.text, z.array(kinds.text).min(1)]) });
const ofSplit = z.strictObject({ split: kinds.text });

const evaluationMeta = {
  class: 'semantic',
  doc: 'Rows to evaluate on: `{ share: 0.1 }` of the rows, held out (by content: each row by what it says, so that it stays on its side when others are added); of files also files of their own, `{ path }`, read as the others are; of the Hub also another split, `{ split }`.',
  place: 'train.json#/data/evaluation',
} as const;

export const fileEvaluation = setting(z.union([byShare, ofFiles]).optional(), evaluationMeta);

export const hubEvaluation = setting(z.union([byShare, ofSplit]).optional(), evaluationMeta);

/** Files by their content. */
export const resolvedEvaluation = setting(
  z.union([byShare, ofSplit, z.strictObject({ files: z.array(sourceFile) })]).optional(),
  evaluationMeta,
);

/** The content decides, not the place: that stands in `data.evaluation`. */
export const evaluationPath = setting(ofFiles.shape.path.optional(), {
  class: 'cosmetic',
  doc: 'Where the files to evaluate on lie. Written as `evaluation: { path }`.',
});
