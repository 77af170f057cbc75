/** What programs read, one type a document; lib/report/schema holds a JSON Schema to each. Types only: nothing loads. */
import type { RunStatus } from '../apply/status.ts';
import type { Sha } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { Move } from '../base/moves.ts';
import type { Explanation } from '../catalog/findings/explanation.ts';
import type { Finding } from '../finding.ts';
import type { PinsDocument } from '../pins/document.ts';
import type { PlanDocument } from '../plan/resource-changes.ts';
import type { Provenance, Revisions } from '../state/attempt.ts';
import type { Recorded, StateFile } from '../state/state.ts';
import type { ManifestFile } from '../synth/manifest-json.ts';
import type { DataInspectDocument } from './data-document.ts';
import type { EventLine } from './event-line.ts';
import type { GcDocument } from './gc-document.ts';

/** One JSON document: all but manifests, lines and what a state file holds. */
export interface Versioned {
  /** Grows where a program that reads it must be changed. */
  readonly format_version: '1.0';
}

/** What `sft synth --json` prints. */
export interface SynthDocument extends Versioned {
  /** In the order of their names. */
  readonly stacks: readonly SynthesizedStack[];
}

/** What was done to the folder of one stack. */
export interface SynthesizedStack {
  /** Its id. */
  readonly stack: string;
  /** Relative to the project's folder. */
  readonly folder: string;
  /** Files that are new or were changed. */
  readonly written: number;
  /** Files that were as they are to be. */
  readonly unchanged: number;
  /** Files that are no longer made. */
  readonly removed: number;
  /** Paths in the folder: no longer made, but edited by someone, and so left. */
  readonly kept: readonly string[];
}

/** What `sft synth --check --json` prints. */
export interface CheckDocument extends Versioned {
  /** Empty where all is as the stacks give it. */
  readonly differences: readonly FileDifference[];
}

/** What `sft synth` would do to one file. */
export interface FileDifference {
  /** Relative to the project's folder. */
  readonly path: string;
  /** To the file. */
  readonly does: 'add' | 'change' | 'remove';
}

/** What `sft validate --json` prints. */
export interface ValidateDocument extends Versioned {
  /** Sorted by place; empty where nothing is to be said. */
  readonly findings: readonly Finding[];
}

/** What a command prints under `--json` as its last document or line, where it does not come to its own end. */
export interface FailureDocument extends Versioned {
  /** The exit code. */
  readonly exit: number;
  /** What is wrong, sorted by place; empty where a signal ended it. */
  readonly findings: readonly Finding[];
}

/** How one run of a stack stands. */
export interface StackRun extends RunStatus {
  /** The stack's id. */
  readonly stack: string;
}

/** What `sft status --json` prints. */
export interface StatusDocument extends Versioned {
  /** Those that are recorded, and those that newer ones stand in front of as long as they live. */
  readonly runs: readonly StackRun[];
}

/** A checkpoint that is complete. */
export interface Checkpoint {
  /** Optimizer steps that it holds. */
  readonly step: number;
  /** Its folder, absolute. */
  readonly path: string;
  /** Size of its files. */
  readonly bytes: number;
}

/** A file of a result. */
export interface ResultFile {
  /** In the result's folder. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** Of its bytes. */
  readonly sha256: Sha;
}

/** What a finished run has left, as its `result.json` says. */
export interface Result {
  /** Absolute. */
  readonly folder: string;
  /** What loads it: an adapter names its base model. */
  readonly kind: 'adapter' | 'model';
  /** All but `result.json`. */
  readonly files: readonly ResultFile[];
  /** Of the run's first log. */
  readonly loss_first?: number;
  /** Of the run's last log. */
  readonly loss_last?: number;
  /** Of the first evaluation. */
  readonly eval_loss_first?: number;
  /** Of the last evaluation. */
  readonly eval_loss_last?: number;
  /** Who asked for the attempt that made it; empty where it was started by hand. */
  readonly provenance?: Partial<Provenance>;
  /** Commits on the Hub that it was made from. */
  readonly revisions?: Revisions;
}

/** What `sft output --json` prints. */
export interface OutputDocument extends Versioned {
  /** `stack/address`. */
  readonly run: string;
  /** By step. */
  readonly checkpoints: readonly Checkpoint[];
  /** Absent as long as the run is not done. */
  readonly result?: Result;
}

/** What `sft export --json` prints. */
export interface ExportDocument extends Versioned {
  /** Absolute. */
  readonly directory: string;
  /** One a run, absolute: what starts it. */
  readonly scripts: readonly string[];
}

/** What `sft cancel --json` prints. */
export interface CancelDocument extends Versioned {
  /** `stack/address`, with the identity where it was named. */
  readonly run: string;
  /** What came of it; `unknown`: the target did not answer, and nothing was done. */
  readonly outcome: 'cancelled' | 'not-running' | 'failed' | 'unknown';
  /** Why it failed, or how the run stands where it does not run. */
  readonly message?: string;
}

/** What `sft adopt --json` prints. */
export interface AdoptDocument extends Versioned {
  /** `stack/address`. */
  readonly run: string;
  /** `known`: all of it was recorded already; `unknown`: the target did not answer. */
  readonly outcome: 'adopted' | 'known' | 'unknown';
  /** The folder that became the run's own, where one was named. */
  readonly from?: string;
  /** All that the run has, oldest first. */
  readonly attempts: readonly AdoptedAttempt[];
}

/** One attempt of a run that was taken over. */
export interface AdoptedAttempt {
  /** Its number. */
  readonly n: number;
  /** Its name: a hash of workspace, stack, address, identity and number. */
  readonly token: Sha;
  /** How it stands. */
  readonly state: 'queued' | 'running' | 'ended' | 'lost';
  /** Of its end. */
  readonly cause?: string;
}

/** What `sft unlock --json` prints. */
export interface UnlockDocument extends Versioned {
  /** The stack's id. */
  readonly stack: string;
  /** Of the lock that was taken. */
  readonly unlocked: string;
}

/** An id of findings, explained. */
export interface ExplainedFinding extends Explanation {
  /** `family/name`. */
  readonly id: string;
}

/** What `sft explain --json` prints. */
export interface ExplainDocument extends Versioned {
  /** The one that was named, or all. */
  readonly findings: readonly ExplainedFinding[];
}

/** A run that is recorded. */
export interface ListedRun {
  /** `stack/address`. */
  readonly run: string;
  /** Hash of what shapes learning. */
  readonly identity: Sha;
  /** How many are recorded. */
  readonly attempts: number;
}

/** What `sft state list --json` prints. */
export interface StateListDocument extends Versioned {
  /** By stack and address. */
  readonly runs: readonly ListedRun[];
}

/** What `sft state mv --json` prints. */
export interface StateMoveDocument extends Versioned {
  /** The stack's id. */
  readonly stack: string;
  /** One a run. */
  readonly moved: readonly Move[];
}

/** What `sft state rm --json` prints. */
export interface StateRemoveDocument extends Versioned {
  /** `stack/address` of the record that is gone. */
  readonly run: string;
}

/** What `sft state push --json` prints. */
export interface StatePushDocument extends Versioned {
  /** The stack's id. */
  readonly stack: string;
  /** Of the state that holds it; absent where that was recorded already, and nothing was done. */
  readonly serial?: number;
}

/** What each schema describes, by the schema's name. */
export interface Documents {
  /** `synth/STACK/manifest.json`. */
  readonly manifest: ManifestFile;
  /** The settings of one run, resolved: `settings` of a job of the manifest. docs/settings.md lists them. */
  readonly settings: JsonObject;
  /** What `sft plan --json` and `sft show --json` print. */
  readonly plan: PlanDocument;
  /** A line of `sft apply --json`, `resume --json`, `destroy --json` or `logs --json`. */
  readonly events: EventLine;
  /** What a command that fails prints under `--json`, as its last document or line. */
  readonly failure: FailureDocument;
  /** What `sft synth --json` prints. */
  readonly synth: SynthDocument;
  /** What `sft synth --check --json` prints. */
  readonly 'synth-check': CheckDocument;
  /** What `sft validate --json` prints. */
  readonly validate: ValidateDocument;
  /** What `sft pins --json` prints. */
  readonly pins: PinsDocument;
  /** What `sft status --json` prints. */
  readonly status: StatusDocument;
  /** What `sft gc --json` prints. */
  readonly gc: GcDocument;
  /** What `sft data inspect --json` prints. */
  readonly 'data-inspect': DataInspectDocument;
  /** What `sft output --json` prints. */
  readonly output: OutputDocument;
  /** What `sft export --json` prints. */
  readonly export: ExportDocument;
  /** What `sft cancel --json` prints. */
  readonly cancel: CancelDocument;
  /** What `sft adopt --json` prints. */
  readonly adopt: AdoptDocument;
  /** What `sft unlock --json` prints. */
  readonly unlock: UnlockDocument;
  /** What `sft explain --json` prints. */
  readonly explain: ExplainDocument;
  /** What `sft state list --json` prints. */
  readonly 'state-list': StateListDocument;
  /** What `sft state show` prints: the record of one run. */
  readonly 'state-show': Recorded;
  /** What `sft state pull` prints: a file of `.sft/state/STACK/`. docs/state.md tells of it. */
  readonly 'state-pull': StateFile;
  /** What `sft state mv --json` prints. */
  readonly 'state-mv': StateMoveDocument;
  /** What `sft state rm --json` prints. */
  readonly 'state-rm': StateRemoveDocument;
  /** What `sft state push --json` prints. */
  readonly 'state-push': StatePushDocument;
}

/** The name of a document that has a schema. */
export type SchemaName = keyof Documents;
