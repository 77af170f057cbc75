/** Data files, as they are read where the stack is made. */
import type { Explanations } from './explanation.ts';

export const data: Explanations = {
  'data/changed': {
    title: 'A data file is not what was planned',
    why: 'The run is named by the content of its data; it would train on something else.',
    example: 'rows.json is edited between plan and apply',
    fix: 'Plan again, and look at what changed.',
    source: 'ARCHITECTURE.md: On a target',
  },
  'data/empty': {
    title: 'A data file without rows',
    why: 'There is nothing to train on.',
    example: 'an empty file, or []',
    fix: 'Write rows into it.',
    source: 'lib/data/file.ts',
  },
  'data/failed': {
    title: 'Preparing the rows failed',
    why: 'The trainer ended without saying that it is a mistake of yours; its last lines are told.',
    example: 'the Hub does not answer, or the disk is full',
    fix: 'Correct what is named there, then apply again; nothing half-made was left.',
    source: 'trainer/cdksft_trainer/prepare.py',
  },
  'data/invalid': {
    title: 'The rows were refused while they were prepared',
    why: 'The trainer found something in the rows that it cannot train on.',
    example: 'a row without its column, in a data set of the Hub',
    fix: 'Do what the message says, then apply again.',
    source: 'trainer/cdksft_trainer/rows.py',
  },
  'data/missing-column': {
    title: 'Rows without a column that their format needs',
    why: 'The text to train on is made of these columns.',
    example: '{ "instruction": "c" } under format alpaca',
    fix: 'Add the column, or choose another format.',
    source: 'docs/settings.md: data.format',
  },
  'data/not-json': {
    title: 'A data file that is not JSON',
    why: 'Rows are an array of objects, or one object a line.',
    example: '[{"instruction": "a",]',
    fix: 'Correct the line that is named.',
    source: 'RFC 8259; JSON Lines',
  },
  'data/not-text': {
    title: 'A column that is no text',
    why: 'What is trained on is text; a number or a list would be written in a way that nobody chose.',
    example: '{ "output": 42 }',
    fix: 'Write the value as a string.',
    source: 'lib/data/file.ts',
  },
  'data/not-utf8': {
    title: 'A data file that is not UTF-8',
    why: 'Other encodings would be read as other letters.',
    example: 'a file saved as Latin-1',
    fix: 'Save it as UTF-8.',
    source: 'RFC 8259, section 8.1',
  },
  'data/row': {
    title: 'Rows that are no objects',
    why: 'A row has columns with names.',
    example: '["a", "b"]',
    fix: 'Make each row an object of columns.',
    source: 'lib/data/file.ts',
  },
  'data/unreadable': {
    title: 'A data file cannot be read',
    why: 'It is not there, is a folder, or may not be read. The path is relative to the project’s folder.',
    example: "Dataset.fromFile(stack, 'rows', { path: 'other.json' })",
    fix: 'Correct the path or the file’s permissions.',
    source: 'lib/data/file.ts',
  },
};
