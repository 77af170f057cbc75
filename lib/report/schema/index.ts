/** JSON Schemas of the documents that programs read: what `sft schema NAME` prints. */
import * as z from 'zod';
import type { JsonObject } from '../../base/json.ts';
import { run } from '../../settings/run.ts';
import type { SchemaName } from '../documents.ts';
import { dataInspectDocument } from './data.ts';
import { eventLine } from './events.ts';
import { gcDocument } from './gc.ts';
import { manifestFile } from './manifest.ts';
import { withMeta } from './meta.ts';
import { pinsDocument } from './pins.ts';
import { planDocument } from './plan.ts';
import * as results from './results.ts';
import * as state from './state.ts';

/**
 * Keywords of ours in the schema of settings: class of change, unit, place in a synthesised file, how it gets there. No
 * validator knows them; a strict one must be told that they check nothing.
 */
export const annotations = ['x-class', 'x-unit', 'x-place', 'x-via'] as const;

const documents: Readonly<Record<SchemaName, { readonly title: string; readonly schema: z.ZodType }>> = {
  manifest: { title: 'synth/<stack>/manifest.json of cdksft', schema: manifestFile },
  settings: { title: 'The settings of one run, resolved, as manifest.json holds them', schema: run },
  plan: { title: 'What sft plan --json and sft show --json print', schema: planDocument },
  events: { title: 'A line of sft apply, resume, destroy or logs with --json', schema: eventLine },
  failure: { title: 'What any command that fails prints last, with --json', schema: results.failureDocument },
  synth: { title: 'What sft synth --json prints', schema: results.synthDocument },
  'synth-check': { title: 'What sft synth --check --json prints', schema: results.checkDocument },
  validate: { title: 'What sft validate --json prints', schema: results.validateDocument },
  pins: { title: 'What sft pins --json prints', schema: pinsDocument },
  status: { title: 'What sft status --json prints', schema: results.statusDocument },
  gc: { title: 'What sft gc --json prints', schema: gcDocument },
  'data-inspect': { title: 'What sft data inspect --json prints', schema: dataInspectDocument },
  output: { title: 'What sft output --json prints', schema: results.outputDocument },
  export: { title: 'What sft export --json prints', schema: results.exportDocument },
  cancel: { title: 'What sft cancel --json prints', schema: results.cancelDocument },
  adopt: { title: 'What sft adopt --json prints', schema: results.adoptDocument },
  unlock: { title: 'What sft unlock --json prints', schema: results.unlockDocument },
  explain: { title: 'What sft explain --json prints', schema: results.explainDocument },
  'state-list': { title: 'What sft state list --json prints', schema: state.stateList },
  'state-show': { title: 'What sft state show prints: the record of one run', schema: state.recorded },
  'state-pull': { title: 'What sft state pull prints: a state file', schema: state.stateFile },
  'state-mv': { title: 'What sft state mv --json prints', schema: state.stateMove },
  'state-rm': { title: 'What sft state rm --json prints', schema: state.stateRemove },
  'state-push': { title: 'What sft state push --json prints', schema: state.statePush },
};

/** Every document that has a schema. */
export const schemaNames: readonly SchemaName[] = Object.keys(documents) as SchemaName[];

/** JSON Schema, draft 2020-12. */
export function jsonSchemaOf(name: SchemaName): JsonObject {
  const { title, schema } = documents[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => withMeta(zodSchema, jsonSchema),
  });
  return JSON.parse(JSON.stringify({ $schema, title, ...rest })) as JsonObject;
}
