/**
 * The manifest: what a stack's construct tree yields, as plain data. It is what the child process hands to `sft`, what
 * `synth/<stack>/manifest.json` holds (without positions), and what the plan compares.
 */
import type { Sha } from './base/hash.ts';
import type { Json, JsonObject } from './base/json.ts';
import type { Move } from './base/moves.ts';
import type { Birth } from './base/token.ts';
import type { Finding, Where } from './finding.ts';

export const manifestFormat = 1;

/** One synthesised file: relative to `synth/<stack>/`, with `/` between folders. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
  readonly mode: 0o644 | 0o755;
}

/** What an artifact is made as. A new kind is a new row here and in the target's builders. */
export type ArtifactKind = 'environment' | 'bundle' | 'data' | 'weights';

interface Base {
  /** Unique in the stack and stable: the construct's path below the stack, with `#kind` where one construct makes several. */
  readonly address: string;
  /** Addresses that must be whole before this one. */
  readonly needs: readonly string[];
  /** The run whose result it is made from; that one is needed too. */
  readonly begins?: Birth;
  readonly where: Where;
}

/** Named by the hash of what shaped it, built beside, published when whole, never edited. */
export interface Artifact extends Base {
  readonly life: 'artifact';
  readonly make: ArtifactKind;
  readonly key: Sha;
  /** What the builder reads; `key` is the hash of it, with the hashes of the files that it names. */
  readonly spec: JsonObject;
}

/** Where and how wide a job runs. `processes` is over all hosts. */
export interface Layout {
  readonly target: 'local' | 'ssh' | 'slurm';
  /** Host names in rank order; empty on Slurm, which chooses them. */
  readonly hosts: readonly string[];
  readonly nodes: number;
  readonly processesPerHost: number;
  readonly device: 'cpu' | 'gpu';
  readonly launcher: 'python' | 'torchrun' | 'deepspeed';
}

/** What follows from the settings by arithmetic (docs/formulas.md). A number that cannot be known yet is absent. */
export interface Derived {
  /** Data-parallel ranks: hosts x processes a host. */
  readonly world: number;
  readonly microBatch: number;
  readonly accumulation: number;
  /** micro x accumulation x world. */
  readonly globalBatch: number;
  /** Rows to train on, after sampling and the evaluation split; absent for a hub dataset that was not read. */
  readonly rows?: number;
  readonly evaluationRows?: number;
  readonly stepsPerEpoch?: number;
  readonly steps?: number;
  readonly warmupSteps?: number;
}

/** A changed setting whose recorded value stays. Absent: not given. */
export interface IgnoredChange {
  readonly path: string;
  readonly kept?: Json;
  readonly written?: Json;
}

/** A job has an identity and numbered attempts. */
export interface Job extends Base {
  readonly life: 'job';
  readonly does: 'train';
  /** Hash of the semantic settings that differ from their versioned defaults, with model and data. */
  readonly identity: Sha;
  /** The address of its first start, where it was renamed since: its folder and its tokens go by that. */
  readonly born?: string;
  /** The resolved settings, nested as the settings table names them (`batch.global`). */
  readonly settings: JsonObject;
  readonly layout: Layout;
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

export type Resource = Artifact | Job;

/** Where a stack's runs go; the settings of its one cluster. */
export interface TargetSpec {
  readonly kind: 'local' | 'ssh' | 'slurm';
  readonly construct: string;
  /** Local: relative to the project's folder. ssh, slurm: absolute on the nodes. */
  readonly workspace: string;
  readonly settings: JsonObject;
}

/** What a program asked the pins (`sft.lock.json`) for, and was answered; null: it is not pinned. */
export interface AskedPin {
  readonly kind: 'model' | 'dataset';
  readonly id: string;
  /** As the program names it; `main` where it names none. */
  readonly revision: string;
  readonly commit: string | null;
}

export interface Manifest {
  readonly format: typeof manifestFormat;
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
  readonly target?: TargetSpec;
  readonly moved?: readonly Move[];
  readonly resources: readonly Resource[];
  /** Warnings and notes; a manifest with errors is never handed on. */
  readonly findings: readonly Finding[];
  readonly files: readonly GeneratedFile[];
}

/** Positions are for messages: a comment added above must not change what is committed. */
export function withoutPositions(where: Where): Where {
  const { at: _, ...rest } = where;
  return rest;
}

export type { Json };
