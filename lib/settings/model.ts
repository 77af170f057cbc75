/** The base model: from the Hub, from a folder, or random weights from an architecture's config. */
import * as z from 'zod';
import { kinds, setting } from './table.ts';

/** A Hub id: `name` or `owner/name` (huggingface_hub's own grammar, without `--` and `..`). */
export const hubId = z
  .string()
  .max(96)
  .regex(/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/, 'is no Hub id (name or owner/name)')
  .regex(/^(?!.*(--|\.\.))/s, 'is no Hub id, which has no "--" and no ".."');

/** A branch, tag or commit. */
export const revision = z.string().regex(/^[A-Za-z0-9][\w./-]*$/, 'is no branch, tag or commit');

const remoteCode = setting(z.boolean().default(false), {
  class: 'semantic',
  doc: 'Run code that the model’s repository brings.',
  place: 'train.json#/model/trust_remote_code',
});

export const hubModel = z.strictObject({
  id: setting(hubId, { class: 'semantic', doc: 'Hub id of the model.', place: 'train.json#/model/id' }),
  revision: setting(revision.optional(), {
    class: 'semantic',
    doc: 'Commit, tag or branch; a commit pins it.',
    place: 'train.json#/model/revision',
  }),
  trustRemoteCode: remoteCode,
});

export const pathModel = z.strictObject({
  path: setting(z.string().regex(/^\/[^\0\n\r]*$/, 'is no absolute path'), {
    class: 'semantic',
    doc: 'Folder with config.json, weights and tokenizer, as the nodes see it.',
    place: 'train.json#/model/path',
  }),
  trustRemoteCode: remoteCode,
});

/** A byte-level BPE trained on the rows of the run’s dataset. */
export const trainedTokenizer = z.strictObject({
  vocabulary: setting(z.int().min(300).max(1_000_000).default(2048), {
    class: 'semantic',
    doc: 'Size of the byte-level BPE vocabulary that is trained on the dataset’s rows.',
    unit: 'tokens',
    place: 'train.json#/model/tokenizer/vocabulary',
  }),
});

export const configModel = z.strictObject({
  config: setting(z.looseObject({ model_type: kinds.text }), {
    class: 'semantic',
    doc: 'The architecture’s config.json; vocabulary and special tokens follow the tokenizer.',
    place: 'train.json#/model/config',
  }),
  tokenizer: setting(trainedTokenizer.prefault({}), {
    class: 'semantic',
    doc: 'The tokenizer, trained on the dataset’s rows.',
    place: 'train.json#/model/tokenizer',
  }),
  seed: setting(z.int().min(0).default(0), {
    class: 'semantic',
    doc: 'Seed of the random weights.',
    place: 'train.json#/model/seed',
  }),
});

export type ModelSettings =
  | ({ source: 'hub' } & z.output<typeof hubModel>)
  | ({ source: 'path' } & z.output<typeof pathModel>)
  | ({ source: 'config' } & z.output<typeof configModel>);
