/**
 * `cdksft/schema`: JSON Schemas of the documents that programs read, as `sft schema` prints them, and their types. For
 * any validator of draft 2020-12; docs/schemas.md shows ajv.
 */
import type { Documents, SchemaName } from './report/documents.ts';
import { jsonSchemaOf, schemaNames } from './report/schema/index.ts';

export type { StepResult } from './apply/result.ts';
export type { Progress, RunStatus } from './apply/status.ts';
export type { Outcome } from './apply/walk.ts';
export type {
  Cause,
  CheckpointEvent,
  EndEvent,
  EngineEvent,
  EvaluateEvent,
  EventTime,
  NoticeEvent,
  SampleEvent,
  StartEvent,
  StepEvent,
  TrainerEvent,
} from './base/events.ts';
export { causes } from './base/events.ts';
export type { Sha } from './base/hash.ts';
export type { Json, JsonObject } from './base/json.ts';
export type { Move } from './base/moves.ts';
export type { Birth } from './base/token.ts';
export type { Explanation } from './catalog/findings/explanation.ts';
export type { DataFinding, Pair, Place } from './data/judge/finding.ts';
export type { ColumnFacts, ValueKind } from './data/survey/columns.ts';
export type { Bucket, Spread } from './data/survey/spread.ts';
export type { Finding, Severity, Where } from './finding.ts';
export type {
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
export type { ListedPin, PinsDocument } from './pins/document.ts';
export type { Seen, Verb } from './plan/decide.ts';
export type { Drift, DriftKind, DriftName } from './plan/drift-kinds.ts';
export type { Action, PlanDocument, ResourceChange, StackSummary } from './plan/resource-changes.ts';
export type { DataInspectDocument, DataSample, InspectedFile, TakenRows, TokenFacts } from './report/data-document.ts';
export type {
  AdoptDocument,
  AdoptedAttempt,
  CancelDocument,
  CheckDocument,
  Checkpoint,
  Documents,
  ExplainDocument,
  ExplainedFinding,
  ExportDocument,
  FailureDocument,
  FileDifference,
  ListedRun,
  OutputDocument,
  Result,
  ResultFile,
  SchemaName,
  StackRun,
  StateListDocument,
  StateMoveDocument,
  StatePushDocument,
  StateRemoveDocument,
  StatusDocument,
  SynthDocument,
  SynthesizedStack,
  UnlockDocument,
  ValidateDocument,
  Versioned,
} from './report/documents.ts';
export type { ApplyLine, DiagnosticLine, EventLine, PlanLine, RunEventLine, SummaryLine } from './report/event-line.ts';
export type { GcDocument, ListedUnused, ListedWorkspace } from './report/gc-document.ts';
export { annotations } from './report/schema/index.ts';
export type { Attempt, GitState, Provenance, Revisions } from './state/attempt.ts';
export type { Recorded, RestsOn, Run, State, StateFile } from './state/state.ts';
export type { ListedFile, ManifestFile } from './synth/manifest-json.ts';
export type { StoredKind } from './targets/stored.ts';
export { schemaNames };

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
