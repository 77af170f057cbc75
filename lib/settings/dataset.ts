/** Rows to learn from, and how one row becomes text. */
import * as z from 'zod';
import { fix } from './dataset-fix.ts';
import { fileEvaluation, hubEvaluation, samples } from './dataset-parts.ts';
import { type Format, type FormatColumn, formatColumns, formats, writtenEncodings } from './formats.ts';
import { hubId, revision } from './model.ts';
import { presetNames } from './presets.ts';
import { secretReference } from './secret.ts';
import { kinds, setting } from './table.ts';
import { templateNames } from './templates.ts';

const templateMeta = {
  class: 'semantic',
  doc: 'How a row becomes text: a name, or a Jinja file of the project. Default: alpaca for alpaca, plain for prompt and text, and for messages and sharegpt the chat template of the model’s tokenizer (model). docs/templates.md shows each.',
  place: 'train.json#/data/template',
} as const;

const hash = z.string();

/** By its content; the default of the format is absent. */
export const resolvedTemplate = setting(
  z
    .union([
      z.literal('model'),
      z.strictObject({ name: z.string(), sha256: hash }),
      z.strictObject({ file: z.string(), sha256: hash }),
    ])
    .optional(),
  templateMeta,
);

const format = z.enum(Object.keys(formats) as [Format, ...Format[]]);
const formatMeta = { class: 'semantic', place: 'train.json#/data/format' } as const;

/** Always there once resolved. */
export const resolvedFormat = setting(format.default('alpaca'), {
  ...formatMeta,
  doc: 'Shape of the rows; of files, where it is not written, it is found by the columns of the first row.',
});

const columnDocs: Readonly<Record<FormatColumn, string>> = {
  instruction: 'alpaca: what is asked.',
  input: 'alpaca: what it is asked about; may be missing or empty.',
  output: 'alpaca: the answer.',
  prompt: 'prompt: what stands before the answer.',
  completion: 'prompt: the answer.',
  text: 'text: all of the text.',
  messages: 'messages: a list of messages, each with role and content.',
  conversations: 'sharegpt: a list of messages, each with from and value.',
  system: 'sharegpt: the system message, where it is a column of its own.',
  tools: 'messages and sharegpt: the tools that may be called.',
};

const column = (name: FormatColumn) =>
  setting(kinds.text.optional(), {
    class: 'semantic',
    doc: columnDocs[name],
    place: `train.json#/data/columns/${name}`,
  });

const columns = z.strictObject(
  Object.fromEntries(formatColumns.map((name) => [name, column(name)])) as Record<
    FormatColumn,
    ReturnType<typeof column>
  >,
);

const common = {
  template: setting(z.union([z.enum(templateNames), z.strictObject({ file: kinds.text })]).optional(), templateMeta),
  columns: setting(columns.optional(), {
    class: 'semantic',
    doc: 'What the data calls a column of the format, where that is another name.',
    place: 'train.json#/data/columns',
  }),
  fix: fix.optional(),
  samples,
  seed: setting(
    z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(42),
    {
      class: 'semantic',
      doc: 'Seed of sampling and of the evaluation split.',
      place: 'train.json#/data/seed',
    },
  ),
};

export const fileDataset = z.strictObject({
  // The content decides, not the place: `data.files` holds the hash.
  path: setting(z.union([kinds.text, z.array(kinds.text).min(1)]), {
    class: 'cosmetic',
    doc: 'JSON (an array of objects), JSON lines, .csv, .tsv, .txt, .parquet or .arrow, as they are or as .gz or .zst, or a folder of save_to_disk; one path, or several read in their order. Relative to the project’s folder; * ** ? [ ] { } match names.',
  }),
  // What it makes of the files stands with their contents in `data.files`.
  encoding: setting(z.enum(writtenEncodings).optional(), {
    class: 'cosmetic',
    doc: 'Encoding of the files’ letters, where what is found by itself is wrong; shift_jis is code page 932. Default: found by a mark, or by what the bytes say.',
  }),
  format: setting(format.optional(), {
    ...formatMeta,
    doc: 'Shape of the rows; where it is not written, it is found by the columns of the first row.',
  }),
  ...common,
  evaluation: fileEvaluation,
});

export const hubDataset = z.strictObject({
  id: setting(hubId, { class: 'semantic', doc: 'Hub id of the dataset.', place: 'train.json#/data/id' }),
  revision: setting(revision.optional(), {
    class: 'semantic',
    doc: 'Commit, tag or branch; a commit pins it.',
    place: 'train.json#/data/revision',
  }),
  token: setting(secretReference.optional(), {
    class: 'operational',
    doc: 'The Hub’s token, by reference: secret.fromEnv(NAME) or secret.fromFile(PATH). Default: as the Hub’s own client finds it.',
    place: 'train.json#/data/token',
  }),
  config: setting(kinds.text.optional(), {
    class: 'semantic',
    doc: 'Configuration (subset) of the dataset.',
    place: 'train.json#/data/config',
  }),
  split: setting(kinds.text.default('train'), {
    class: 'semantic',
    doc: 'Split to read.',
    place: 'train.json#/data/split',
  }),
  format: resolvedFormat,
  ...common,
  evaluation: hubEvaluation,
});

/** As it is written: named by its id, or by a preset. */
export const writtenHubDataset = hubDataset.extend({
  preset: setting(z.enum(presetNames).optional(), {
    class: 'semantic',
    doc: 'A well-known dataset, in the place of id, format and columns: alpaca, dolly, wizardlm or wizardlm-v2. docs/data.md has their sources and licences.',
    place: 'train.json#/data/id',
  }),
  id: setting(hubId.optional(), {
    class: 'semantic',
    doc: 'Hub id of the dataset.',
    place: 'train.json#/data/id',
  }),
});

export type DatasetSettings =
  | ({ source: 'file' } & z.output<typeof fileDataset>)
  | ({ source: 'hub' } & z.output<typeof hubDataset>);
