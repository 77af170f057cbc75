/** The document of `sft data inspect --json`. */
import * as z from 'zod';
import type { DataInspectDocument } from '../data-document.ts';
import { exactly } from './exactly.ts';
import { sha, version, whole } from './values.ts';

const place = z.strictObject({
  file: z.string(),
  row: z.exactOptional(whole).describe('Of its file, from 1; absent where a line is none'),
  line: z.exactOptional(whole),
  column: z.exactOptional(z.string()),
});

const pair = z.strictObject({
  row: place,
  of: place,
  similarity: z.number().min(0).max(1).describe('What the two have in common; 1: they are the same'),
});

const finding = z.strictObject({
  id: z.string().describe('sft explain ID says more'),
  severity: z.enum(['error', 'warning', 'note']),
  count: whole.describe('Rows it holds of'),
  places: z.array(place).describe('The first ten'),
  pairs: z.exactOptional(z.array(pair)),
  approximate: z.exactOptional(z.string()).describe('What the count may miss or count too much; absent: it is exact'),
  figures: z.exactOptional(z.record(z.string(), z.number())),
  message: z.string(),
  fix: z.string(),
});

const spread = z.strictObject({
  ...{ total: whole, least: whole, median: whole, p90: whole, p99: whole, most: whole },
  histogram: z.array(z.strictObject({ from: whole, to: whole, rows: whole })),
});

const rows = z.exactOptional(whole);
const kinds = z.strictObject({
  ...{ text: rows, empty: rows, null: rows, number: rows, boolean: rows, list: rows, object: rows },
});

const column = z.strictObject({
  name: z.string(),
  rows: whole.describe('How many have the column'),
  kinds: kinds.describe('How many have which kind of value in it'),
  characters: z.exactOptional(spread),
});

const file = z.strictObject({
  path: z.string(),
  sha256: sha,
  bytes: whole,
  rows: whole,
  type: z.string(),
  encoding: z.string(),
});

const tokens = z.strictObject({
  tokenizer: z.string(),
  loaded: z.boolean().describe('It is the one that the trainer has loaded; else its ids may be others'),
  tokens: spread.describe('Before anything is cut'),
  trained: spread.describe('Of which a loss is computed, after the cut, of the rows that are left'),
  read: whole.describe('Of the rows that are left, after the cut'),
  limit: z.exactOptional(whole),
  cut: z.strictObject({ rows: whole, tokens: whole }),
  dropped: whole.describe('Rows that are left out: nothing in them would be learnt'),
  tooLong: z
    .exactOptional(z.strictObject({ rows: whole, fix: z.enum(['drop', 'split']) }))
    .describe('Rows over the limit, where the dataset’s fix drops or splits them'),
});

const sample = z.strictObject({
  file: z.string(),
  line: z.exactOptional(whole),
  row: whole,
  shown: z.enum(['rendered', 'columns']),
  text: z.string(),
  trained: z.array(z.tuple([whole, whole])).describe('From, to (behind the last), in UTF-16 code units of text'),
});

export const dataInspectDocument = exactly<DataInspectDocument>()(
  z.strictObject({
    format_version: version,
    rows: whole,
    taken: z
      .exactOptional(z.strictObject({ train: whole, evaluation: whole }))
      .describe('Rows that a run draws, which are judged; absent where no run says so'),
    format: z.nullable(z.string()),
    template: z.nullable(z.string()),
    files: z.array(file),
    columns: z.array(column),
    characters: spread,
    tokens: z.nullable(tokens),
    tokensUnknown: z.exactOptional(z.string()).describe('Why tokens are null'),
    duplicates: z.strictObject({ exact: whole, near: whole, approximate: z.boolean() }),
    findings: z.array(finding),
    samples: z.array(sample),
  }),
);
