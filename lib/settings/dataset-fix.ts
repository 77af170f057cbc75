/** The setting `fix` of a dataset. */
import * as z from 'zod';
import { dropReasons } from './fixes.ts';
import { setting } from './table.ts';

export const fix = z.strictObject({
  drop: setting(z.array(z.enum(dropReasons)).min(1).optional(), {
    class: 'semantic',
    doc: 'Leave out rows: unusable (the format cannot read them), no-answer (a dialogue without an assistant), empty-answer, empty-question, too-long (more tokens than maxLength).',
    place: 'train.json#/data/fix/drop',
  }),
  dedupe: setting(z.enum(['rows', 'questions']).optional(), {
    class: 'semantic',
    doc: 'Leave out rows that an earlier one is alike: in all that is used of them (rows), or in what they ask (questions).',
    place: 'train.json#/data/fix/dedupe',
  }),
  truncate: setting(z.enum(['keep_start', 'keep_end']).optional(), {
    class: 'semantic',
    doc: 'What stays of a row of more tokens than maxLength; keep_start where it is not written.',
    place: 'train.json#/sft/truncation_mode',
  }),
  split: setting(z.boolean().optional(), {
    class: 'semantic',
    doc: 'Rows of text with more tokens than maxLength become several, of nearly the same length, and nothing of them is lost.',
    place: 'train.json#/data/fix/split',
  }),
});
