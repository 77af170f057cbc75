/** Where a plan is carried out. One interface; local is ssh with one host and no ssh. */
import type { EngineEvent, TrainerEvent } from '../base/events.ts';
import type { Sha } from '../base/hash.ts';
import type { Finding } from '../finding.ts';
import type { Artifact, Job } from '../manifest.ts';

export type Presence = 'whole' | 'altered' | 'absent' | 'unknown';

/** One attempt as the target knows it. `lost`: the supervisor is gone and left no end. */
export interface Found {
  readonly n: number;
  readonly token: Sha;
  readonly handle: string;
  readonly state: 'running' | 'ended' | 'lost';
  readonly cause?: string;
  readonly message?: string;
  /** Newest complete checkpoint's step, 0 if none. */
  readonly checkpoint: number;
  readonly step: number;
}

/** Who asked for the start; kept in the attempt and in each checkpoint. */
export interface Provenance {
  readonly plan: Sha;
  readonly git?: { readonly commit: string; readonly dirty: boolean; readonly difference?: Sha };
}

export interface RunPaths {
  readonly run: string;
  readonly result: string;
  readonly checkpoints: readonly { readonly step: number; readonly path: string; readonly bytes: number }[];
}

export interface Target {
  /** What stops any run here: no Python, workspace not writable. Findings, never a throw, for the user's side. */
  probe(): Promise<readonly Finding[]>;
  has(artifacts: readonly Artifact[]): Promise<ReadonlyMap<string, Presence>>;
  /** Builds beside and publishes when whole; safe to call twice and to kill. */
  build(artifact: Artifact, emit: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
  /** Attempts of each job, oldest first; `unknown` where the look-up itself failed. */
  find(jobs: readonly Job[]): Promise<ReadonlyMap<string, readonly Found[] | 'unknown'>>;
  /** Starts attempt `n` detached and returns its handle once the supervisor has claimed it. */
  start(job: Job, artifacts: readonly Artifact[], n: number, provenance: Provenance): Promise<string>;
  /** Asks for a stop; `save` makes a checkpoint first. Resolves when the attempt has ended. */
  stop(job: Job, n: number, save: boolean, signal: AbortSignal): Promise<void>;
  /** Events of attempt `n` from byte offset `from` on, until it ends, or until what is there has been read. */
  follow(
    job: Job,
    n: number,
    options: { follow: boolean; from?: number; signal?: AbortSignal },
  ): AsyncIterable<TrainerEvent>;
  paths(job: Job): Promise<RunPaths>;
  /** Removes what apply made for a job; results and checkpoints only when named. */
  remove(job: Job, results: boolean): Promise<void>;
}
