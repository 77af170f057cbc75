/**
 * `cdksft/schema`: JSON Schemas of the documents that programs read, as `sft schema` prints them, and their types. For
 * any validator of draft 2020-12; docs/schemas.md shows ajv.
 */
import {
  type Cause,
  type CheckpointEvent,
  causes,
  type EndEvent,
  type EngineEvent,
  type EvaluateEvent,
  type EventTime,
  type NoticeEvent,
  type SampleEvent,
  type StartEvent,
  type StepEvent,
  type TrainerEvent,
} from './base/events.ts';
import type { Sha } from './base/hash.ts';
import type { Json, JsonObject } from './base/json.ts';
import type { Move } from './base/moves.ts';
import type { Birth } from './base/token.ts';
import type { Finding, Severity, Where } from './finding.ts';
import type {
  Artifact,
  ArtifactKind,
  AskedPin,
  Derived,
  GeneratedFile,
  IgnoredChange,
  Job,
  Layout,
  Manifest,
  Resource,
  ResourceBase,
  TargetSpec,
} from './manifest.ts';
import type { ListedPin, PinsDocument } from './pins/document.ts';
import type { Verb } from './plan/decide.ts';
import type { Action, PlanDocument, ResourceChange, StackSummary } from './plan/resource-changes.ts';
import type { ApplyLine, DiagnosticLine, EventLine, RunEventLine, SummaryLine } from './report/event-line.ts';
import { annotations, jsonSchemaOf, type SchemaName, schemaNames } from './report/schema/index.ts';
import type { GitState } from './state/attempt.ts';
import type { ListedFile, ManifestFile } from './synth/manifest-json.ts';

export type {
  Action,
  ApplyLine,
  Artifact,
  ArtifactKind,
  AskedPin,
  Birth,
  Cause,
  CheckpointEvent,
  Derived,
  DiagnosticLine,
  EndEvent,
  EngineEvent,
  EvaluateEvent,
  EventLine,
  EventTime,
  Finding,
  GeneratedFile,
  GitState,
  IgnoredChange,
  Job,
  Json,
  JsonObject,
  Layout,
  ListedFile,
  ListedPin,
  Manifest,
  ManifestFile,
  Move,
  NoticeEvent,
  PinsDocument,
  PlanDocument,
  Resource,
  ResourceBase,
  ResourceChange,
  RunEventLine,
  SampleEvent,
  SchemaName,
  Severity,
  Sha,
  StackSummary,
  StartEvent,
  StepEvent,
  SummaryLine,
  TargetSpec,
  TrainerEvent,
  Verb,
  Where,
};
export { annotations, causes, schemaNames };

/** What each schema describes, by the schema's name. */
export interface Documents {
  /** `synth/STACK/manifest.json`. */
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
  /** The dialect. */
  readonly $schema: 'https://json-schema.org/draft/2020-12/schema';
  /** What the document is. */
  readonly title: string;
  /** Every other keyword. */
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
