/**
 * The manifest: what a stack's construct tree yields, as plain data. It is what the child process hands to `sft`, what
 * `synth/<stack>/manifest.json` holds (without positions), and what the plan compares.
 */
import type { Sha } from './base/hash.ts';
import type { Json, JsonObject } from './base/json.ts';
import type { Move } from './base/moves.ts';
import type { Birth } from './base/token.ts';
import type { Finding, Where } from './finding.ts';

/** Version of the manifest's form. */
export const manifestFormat = 1;

/** One synthesised file: relative to `synth/<stack>/`, with `/` between folders. */
export interface GeneratedFile {
  /** Relative to the stack's folder. */
  readonly path: string;
  /** Its text; UTF-8. */
  readonly content: string;
  /** Of the file system; 0o755 for scripts. */
  readonly mode: 0o644 | 0o755;
}

/** What an artifact is made as. A new kind is a new row here and in the target's builders. */
export type ArtifactKind = 'environment' | 'bundle' | 'data' | 'weights';

/** What artifacts and jobs have in common. */
export interface ResourceBase {
  /** Unique in the stack and stable: the construct's path below the stack, with `#kind` where one construct makes several. */
  readonly address: string;
  /** Addresses that must be whole before this one. */
  readonly needs: readonly string[];
  /** The run whose result it is made from; that one is needed too. */
  readonly begins?: Birth;
  /** The construct that it comes from. */
  readonly where: Where;
}

/** An artifact. Named by the hash of what shaped it, built beside, published when whole, never edited. */
export interface Artifact extends ResourceBase {
  /** Tells it from a job. */
  readonly life: 'artifact';
  /** What it is made as. */
  readonly make: ArtifactKind;
  /** Its name on the target. */
  readonly key: Sha;
  /** What the builder reads; `key` is the hash of it, with the hashes of the files that it names. */
  readonly spec: JsonObject;
}

/** Where and how wide a job runs. `processes` is over all hosts. */
export interface Layout {
  /** How the hosts are reached. */
  readonly target: 'local' | 'ssh' | 'slurm';
  /** Host names in rank order; empty on Slurm, which chooses them. */
  readonly hosts: readonly string[];
  /** Number of hosts. */
  readonly nodes: number;
  /** Ranks on each host; one a GPU. */
  readonly processesPerHost: number;
  /** What the ranks compute on. */
  readonly device: 'cpu' | 'gpu';
  /** What starts the ranks of a host. */
  readonly launcher: 'python' | 'torchrun' | 'deepspeed';
}

/** What follows from the settings by arithmetic (docs/formulas.md). A number that cannot be known yet is absent. */
export interface Derived {
  /** Data-parallel ranks: hosts x processes a host. */
  readonly world: number;
  /** Rows that one rank takes at once. */
  readonly microBatch: number;
  /** Micro-batches of one optimizer step on a rank: globalBatch / (microBatch x world). */
  readonly accumulation: number;
  /** Rows of one optimizer step: microBatch x accumulation x world. */
  readonly globalBatch: number;
  /** Rows to train on, after sampling and the evaluation split; absent for a hub dataset that was not read. */
  readonly rows?: number;
  /** Rows that are held out; absent where none are, or it is not known. */
  readonly evaluationRows?: number;
  /** Optimizer steps of one pass over the rows; absent where the rows are not known, or are packed. */
  readonly stepsPerEpoch?: number;
  /** Optimizer steps of the run. */
  readonly steps?: number;
  /** Steps until the learning rate has its peak. */
  readonly warmupSteps?: number;
}

/** A changed setting whose recorded value stays. Absent: not given. */
export interface IgnoredChange {
  /** Of the setting, as plans name it. */
  readonly path: string;
  /** The value that stays; absent: there is none. */
  readonly kept?: Json;
  /** What the program says; absent: nothing. */
  readonly written?: Json;
}

/** A job has an identity and numbered attempts. */
export interface Job extends ResourceBase {
  /** Tells it from an artifact. */
  readonly life: 'job';
  /** What it does. */
  readonly does: 'train';
  /** Hash of the semantic settings that differ from their versioned defaults, with model and data. */
  readonly identity: Sha;
  /** The address of its first start, where it was renamed since: its folder and its tokens go by that. */
  readonly born?: string;
  /** The resolved settings, nested as the settings table names them (`batch.global`). */
  readonly settings: JsonObject;
  /** Where and how wide. */
  readonly layout: Layout;
  /** What follows from the settings. */
  readonly derived: Derived;
  /** The user's program that made it, relative to the project's folder: `sft resume` runs it again. */
  readonly program: string;
  /** What that program was answered by `app.context()`: it is told the same again. Absent: it asked for nothing. */
  readonly context?: Readonly<Record<string, string>>;
  /** Settings whose changes are ignored, as the program names them. */
  readonly ignoreChanges?: readonly string[];
  /** What was ignored for this plan: the settings hold the recorded values. */
  readonly ignored?: readonly IgnoredChange[];
  /** Folder of this run's files below `synth/<stack>/`; also its name in the workspace. */
  readonly folder: string;
}

/** What a stack has: told apart by `life`. */
export type Resource = Artifact | Job;

/** Where a stack's runs go; the settings of its one cluster. */
export interface TargetSpec {
  /** How it is reached. */
  readonly kind: 'local' | 'ssh' | 'slurm';
  /** Path of the Cluster in the construct tree. */
  readonly construct: string;
  /** Local: relative to the project's folder. ssh, slurm: absolute on the nodes. */
  readonly workspace: string;
  /** Of the Cluster, defaults filled in. */
  readonly settings: JsonObject;
}

/** What a program asked the pins (`sft.lock.json`) for, and was answered; null: it is not pinned. */
export interface AskedPin {
  /** What it is. */
  readonly kind: 'model' | 'dataset';
  /** On the Hub. */
  readonly id: string;
  /** As the program names it; `main` where it names none. */
  readonly revision: string;
  /** The full hash; null: it is not pinned. */
  readonly commit: string | null;
}

/** What a stack yields. */
export interface Manifest {
  /** Of this document: another number is read by another version. */
  readonly format: 1;
  /** The stack's id. */
  readonly stack: string;
  /** The user's program, relative to the project's folder. */
  readonly program: string;
  /** What the program asked `app.context()` for, and was answered; null: nothing. */
  readonly context?: Readonly<Record<string, string | null>>;
  /** Environment variables that it asked for: the beginning of the hash of each value; null: it was not set. */
  readonly environment?: Readonly<Record<string, string | null>>;
  /** Names on the Hub that the program gives without a commit. */
  readonly pins?: readonly AskedPin[];
  /** Absent where the stack has no run. */
  readonly target?: TargetSpec;
  /** What the program says of renamed constructs. */
  readonly moved?: readonly Move[];
  /** Artifacts, then jobs. */
  readonly resources: readonly Resource[];
  /** Warnings and notes; a manifest with errors is never handed on. */
  readonly findings: readonly Finding[];
  /** Every file of the stack's folder. */
  readonly files: readonly GeneratedFile[];
}

/** Positions are for messages: a comment added above must not change what is committed. */
export function withoutPositions(where: Where): Where {
  const { at: _, ...rest } = where;
  return rest;
}

export type { Json };
