/** The types of what users write: as the settings table gives them, and as the program takes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as z from 'zod';
import { inputTypes } from '../../lib/report/input-types.ts';
import type { localCluster, slurmCluster, sshCluster } from '../../lib/settings/cluster.ts';
import type { fileDataset, writtenHubDataset } from '../../lib/settings/dataset.ts';
import type { Overrides } from '../../lib/settings/documents.ts';
import type * as dataset from '../../lib/settings/inputs/dataset.ts';
import type { LoraInput, QloraInput, ZeroInput } from '../../lib/settings/inputs/method.ts';
import type * as parts from '../../lib/settings/inputs/parts.ts';
import type { TrainingInput } from '../../lib/settings/inputs/training.ts';
import type { lora, qlora } from '../../lib/settings/method.ts';
import type { configModel, hubModel, pathModel } from '../../lib/settings/model.ts';
import type { overrides } from '../../lib/settings/override-schema.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import type { training } from '../../lib/settings/training.ts';
import type { zero } from '../../lib/settings/zero.ts';

const folder = new URL('../../lib/settings/inputs/', import.meta.url);

test('lib/settings/inputs is what the table gives (else: npm run docs)', () => {
  const made = inputTypes();
  assert.equal(readdirSync(folder).sort(), Object.keys(made).sort());
  for (const [name, text] of Object.entries(made)) assert.fixture(readFileSync(new URL(name, folder), 'utf8'), text);
});

test('each setting tells its sentence, and its class, unit and default', () => {
  const text = Object.values(inputTypes())
    .join('')
    .replace(/\n +\* /g, ' ')
    .replace(/\\/g, '');
  // What is read from the files, or follows from another run, is not written by anybody.
  const read = [
    'data.files',
    'data.mix',
    'data.evaluationPath',
    'model.run',
    'model.use',
    'model.identity',
    'model.base',
  ];
  const written = [...settingsTable().values()].filter(({ path }) => !read.includes(path));
  for (const { path, doc, class: change, unit, schema } of written) {
    const own = text.slice(text.indexOf(doc));
    const comment = own.slice(0, own.indexOf('*/'));
    assert.ok(text.includes(doc), path);
    assert.ok(comment.includes(`Change: ${change}.`), path);
    if (unit !== undefined) assert.ok(comment.includes(`in ${unit}`), path);
    const { success, data } = schema.safeParse(undefined);
    if (success && data !== undefined)
      assert.ok(comment.includes(`Default: \`${typeof data === 'string' ? data : JSON.stringify(data)}\`.`), path);
  }
});

type Fixed<T> = T extends (infer Item)[]
  ? readonly Fixed<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Fixed<T[Key]> }
    : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** The values of overrides are any JSON, which has no end: of these the documents' names are compared. */
type Is<Ours, Schema extends z.ZodType> = Same<
  Fixed<Omit<Ours, 'overrides'>>,
  Fixed<Omit<z.input<Schema>, 'overrides'>>
>;

/** The compiler holds it: one that is not the same is `false` here, which is no `true`. */
const same: [
  Is<TrainingInput, typeof training>,
  Same<keyof Overrides, keyof NonNullable<z.input<typeof overrides>>>,
  Is<LoraInput, typeof lora>,
  Is<QloraInput, typeof qlora>,
  Is<ZeroInput, typeof zero>,
  Is<parts.HubModelInput, typeof hubModel>,
  Is<parts.PathModelInput, typeof pathModel>,
  Is<parts.ConfigModelInput, typeof configModel>,
  Is<dataset.FileDatasetInput, typeof fileDataset>,
  Is<dataset.HubDatasetInput, typeof writtenHubDataset>,
  Is<parts.LocalClusterInput, typeof localCluster>,
  Is<parts.SshClusterInput, typeof sshCluster>,
  Is<parts.SlurmClusterInput, typeof slurmCluster>,
] = [true, true, true, true, true, true, true, true, true, true, true, true, true];

test('the types are those that the schemas take', () => {
  assert.is(
    same.length - 1,
    Object.values(inputTypes())
      .join('')
      .match(/(Settings of|What a run trains|DeepSpeed ZeRO)/g)?.length,
  );
});

test.run();
