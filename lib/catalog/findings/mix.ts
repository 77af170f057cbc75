/** Several datasets as one. */
import type { Explanations } from './explanation.ts';

export const mix: Explanations = {
  'mix/fixes': {
    title: 'Parts of a mix say different things of rows that are too long',
    why: 'Rows are cut, dropped or split where they become tokens, and by then they are mixed: it is the run’s, not a part’s.',
    example: "a part with fix: { drop: ['too-long'] }, and one without fix",
    fix: "Write the same drop: ['too-long'], truncate or split in fix of every part, or in none.",
    source: 'docs/data.md: Mixes',
  },
  'mix/hub-part': {
    title: 'A part of a mix is a dataset of the Hub',
    why: 'How many rows are taken of each part follows from how many it has, and a dataset of the Hub is not read where the stack is made.',
    example: "Dataset.mix(stack, 'both', { parts: [{ data: Dataset.fromHub(...), weight: 1 }, ...] })",
    fix: 'Download its files, and read them with Dataset.fromFile.',
    source: 'docs/data.md: Mixes',
  },
  'mix/inspect': {
    title: 'A mix is inspected part by part',
    why: 'Each part is read in its own way, and sft data inspect shows files that are read in one. A plan judges and counts the rows that the mix takes.',
    example: 'sft data inspect stack/mix',
    fix: 'sft data inspect FILE, for the files of each part.',
    source: 'docs/data.md: Mixes',
  },
  'mix/none-of': {
    title: 'A mix takes no row of one of its parts',
    why: 'Its weight is so small beside the others that, among as many rows as there are, its proportion is less than one.',
    example: 'weights 1000 and 1, with rows: 10',
    fix: 'Give it a larger weight, or the mix more rows, or take the part out.',
    source: 'docs/data.md: Mixes',
  },
  'mix/not-on-part': {
    title: 'A part of a mix has settings that count for a whole dataset',
    why: 'Rows are held out of the mix, and overrides are those of the dataset that a run learns from: on a part they would do nothing.',
    example: 'a part made with evaluation: { share: 0.1 }',
    fix: 'Write them on the mix. A run that learns from the part alone needs a dataset of its own.',
    source: 'docs/data.md: Mixes',
  },
  'mix/of-mix': {
    title: 'A part of a mix is a mix',
    why: 'What its weights would mean within the other is not defined.',
    example: 'Dataset.mix(...) as data of a part',
    fix: 'Name all datasets in one mix, each with its weight.',
    source: 'docs/data.md: Mixes',
  },
  'mix/parts': {
    title: 'A mix of less than two parts',
    why: 'Of one dataset there is nothing to mix; samples takes a part of it.',
    example: 'parts: [{ data: rows, weight: 1 }]',
    fix: 'Name two or more, or give the dataset to the run.',
    source: 'docs/data.md: Mixes',
  },
  'mix/shapes': {
    title: 'Rows of two parts become something else each',
    why: 'A run has one template and one loss: whole texts, a prompt with its answer, or messages under one chat template.',
    example: 'a part of format text, and one of format alpaca',
    fix: "Give all parts the same chat template (template: 'chatml'), or leave template out of all that are alpaca or prompt.",
    source: 'docs/data.md: Mixes',
  },
  'mix/twice': {
    title: 'A dataset is named twice in a mix',
    why: 'Its rows would be taken twice, and no row is.',
    example: 'parts: [{ data: a, weight: 1 }, { data: a, weight: 2 }]',
    fix: 'Name it once, with the sum of the weights.',
    source: 'docs/data.md: Mixes',
  },
};
