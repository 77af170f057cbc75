/** JSON Schemas of the documents that programs read: what `sft schema NAME` prints. */
import * as z from 'zod';
import type { JsonObject } from '../../base/json.ts';
import { run } from '../../settings/run.ts';
import { eventLine } from './events.ts';
import { manifestFile } from './manifest.ts';
import { withMeta } from './meta.ts';
import { pinsDocument } from './pins.ts';
import { planDocument } from './plan.ts';

/** Every document that has a schema. */
export const schemaNames = ['manifest', 'plan', 'settings', 'events', 'pins'] as const;
/** The name of a document that has a schema. */
export type SchemaName = (typeof schemaNames)[number];

/**
 * Keywords of ours in the schema of settings: class of change, unit, place in a synthesised file, how it gets there. No
 * validator knows them; a strict one must be told that they check nothing.
 */
export const annotations = ['x-class', 'x-unit', 'x-place', 'x-via'] as const;

const documents: Readonly<Record<SchemaName, { readonly title: string; readonly schema: z.ZodType }>> = {
  manifest: { title: 'synth/<stack>/manifest.json of cdksft', schema: manifestFile },
  plan: { title: 'What sft plan --json and sft show --json print', schema: planDocument },
  settings: { title: 'The settings of one run, resolved, as manifest.json holds them', schema: run },
  pins: { title: 'What sft pins --json prints', schema: pinsDocument },
  events: { title: 'A line of sft logs --json, sft apply --json or sft destroy --json', schema: eventLine },
};

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
