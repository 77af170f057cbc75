/**
 * `cdksft/schema`: JSON Schemas of the documents that programs read, as `sft schema` prints them, and their types. For
 * any validator of draft 2020-12; docs/schemas.md shows ajv.
 */
import type { JsonObject } from './base/json.ts';
import type { PinsDocument } from './pins/document.ts';
import type { PlanDocument } from './plan/resource-changes.ts';
import type { EventLine } from './report/event-line.ts';
import { annotations, jsonSchemaOf, type SchemaName, schemaNames } from './report/schema/index.ts';
import type { ManifestFile } from './synth/manifest-json.ts';

export type { EventLine, JsonObject, ManifestFile, PinsDocument, PlanDocument, SchemaName };
export { annotations, schemaNames };

/** What each schema describes, by the schema's name. */
export interface Documents {
  /** `synth/<stack>/manifest.json`. */
  readonly manifest: ManifestFile;
  /** What `sft plan --json` and `sft show --json` print. */
  readonly plan: PlanDocument;
  /** The settings of one run, resolved: `settings` of a job of the manifest. docs/settings.md lists them. */
  readonly settings: JsonObject;
  /** A line of `sft logs --json`, `sft apply --json` or `sft destroy --json`. */
  readonly events: EventLine;
  /** What `sft pins --json` prints. */
  readonly pins: PinsDocument;
}

/** A JSON Schema of draft 2020-12, and the type of what it describes, which only the compiler sees. */
export interface DocumentSchema<T> {
  readonly $schema: 'https://json-schema.org/draft/2020-12/schema';
  /** What the document is. */
  readonly title: string;
  readonly [keyword: string]: unknown;
  /** Never there: it carries the type. */
  readonly '~document'?: T;
}

/**
 * The schema of a document.
 *
 * @param name - One of `schemaNames`.
 * @returns A new object at each call, which the caller may change.
 * @throws `RangeError` where there is no such schema.
 */
export function schemaOf<Name extends SchemaName>(name: Name): DocumentSchema<Documents[Name]> {
  if (!schemaNames.includes(name))
    throw new RangeError(`there is no schema "${name}"; there are ${schemaNames.join(', ')}`);
  return jsonSchemaOf(name) as unknown as DocumentSchema<Documents[Name]>;
}
