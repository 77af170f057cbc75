/** What a dataset's `fix` leaves out, and what it cannot do. */
import type { Explanations } from './explanation.ts';

export const fix: Explanations = {
  'fix/dropped': {
    title: 'Rows that are dropped',
    why: 'The dataset’s fix asks for it. They are counted where the stack is made, the run’s steps follow from those that are left, and the trainer refuses where it finds another number.',
    example: "fix: { drop: ['empty-answer'] }, and a row whose output is empty",
    fix: 'Nothing, where they are not to be learnt from; else correct them.',
    source: 'docs/data.md: Fixes',
  },
  'fix/duplicates': {
    title: 'Rows that are removed, since an earlier one is alike',
    why: 'The dataset’s fix asks for it. The first of them stays, and it is done before any row is held out, so that no row is both trained and evaluated on.',
    example: "fix: { dedupe: 'rows' }, and two rows of the same columns",
    fix: 'Nothing, where a row is to be learnt once.',
    source: 'docs/data.md: Fixes',
  },
  'fix/none-left': {
    title: 'The fixes of a dataset leave no row',
    why: 'There is nothing to train on. Rows that are all unusable are most often of another format, or call a column otherwise.',
    example: "fix: { drop: ['unusable'] }, and every row has question and answer under format alpaca",
    fix: 'Name the columns or the format, or take the reason out of fix.drop.',
    source: 'docs/data.md: Fixes',
  },
  'fix/not-for': {
    title: 'A fix that cannot be done with rows of this format',
    why: 'It would do nothing, or something that nobody means: half a dialogue is an answer without its question.',
    example: "fix: { split: true }, with format: 'messages'",
    fix: 'Take it out, or use one that fits the format.',
    source: 'docs/data.md: Fixes',
  },
  'fix/packed': {
    title: 'The end of long rows shall stay, and rows are packed',
    why: 'TRL’s packing cuts rows where it puts them together, and keeps their beginning: the setting would do nothing.',
    example: "fix: { truncate: 'keep_end' } and packing: true",
    fix: 'Drop rows that are too long, or do not pack.',
    source: 'trl.pack_dataset',
  },
  'fix/several-ways': {
    title: 'Several fixes for rows that are too long',
    why: 'A row of more than maxLength tokens can be dropped, cut at one end, or split: only one of them.',
    example: "fix: { drop: ['too-long'], truncate: 'keep_end' }",
    fix: 'Keep the one you mean.',
    source: 'docs/data.md: Fixes',
  },
};
