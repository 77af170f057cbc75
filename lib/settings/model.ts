/** The base model: from the Hub, from a folder, or random weights from an architecture's config. */
import * as z from 'zod';
import { secretReference } from './secret.ts';
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
  token: setting(secretReference.optional(), {
    class: 'operational',
    doc: 'The Hub’s token, by reference: secret.fromEnv(NAME) or secret.fromFile(PATH). Default: as the Hub’s own client finds it.',
    place: 'train.json#/model/token',
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

/** What an adapter lies on. `weights`: made in the workspace. `run`: the whole model that another run has learnt. */
const adapterBase = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('hub'),
    id: z.string(),
    revision: z.string().optional(),
    token: secretReference.optional(),
  }),
  z.strictObject({ source: z.literal('path'), path: z.string() }),
  z.strictObject({ source: z.literal('weights'), key: z.string() }),
  z.strictObject({ source: z.literal('run'), result: z.string() }),
]);

/** What of another run's result is used, as a person may say it. */
export const runUse = z.enum(['adapter', 'merged']);

/** Another run's result, resolved: what of it is known before that run is done. */
export const runModel = z.strictObject({
  run: setting(kinds.text, {
    class: 'operational',
    doc: 'Path of the run, below the stack, whose result the model is. Written as the FineTune itself.',
    place: 'train.json#/model/run',
  }),
  use: setting(z.enum([...runUse.options, 'model']), {
    class: 'semantic',
    doc: 'What of its result is used: its adapter, which is trained on; the base with the adapter merged into it; or, of a run that trains all weights, its model.',
    place: 'train.json#/model/use',
  }),
  identity: setting(z.string(), {
    class: 'semantic',
    doc: 'Identity of that run: a change of what it learns makes a new run here too. Not written by hand.',
    place: 'train.json#/model/identity',
  }),
  base: setting(adapterBase.optional(), {
    class: 'operational',
    doc: 'What its adapter lies on; absent where it is the whole model. Follows from that run, not written by hand.',
    place: 'train.json#/model/base',
  }),
  trustRemoteCode: remoteCode,
});

/** The written form. That the run is one is seen where constructs are known. */
export const writtenRunModel = z.strictObject({ run: z.unknown().optional(), use: runUse.optional() });

export type ModelSettings =
  | ({ source: 'hub' } & z.output<typeof hubModel>)
  | ({ source: 'path' } & z.output<typeof pathModel>)
  | ({ source: 'config' } & z.output<typeof configModel>)
  | ({ source: 'run' } & z.output<typeof runModel>);
