/** Where a plan is carried out. One interface; local is ssh with one host and no ssh. */

import type { EngineEvent, TrainerEvent } from '../base/events.ts';
import type { Sha } from '../base/hash.ts';
import type { Finding } from '../finding.ts';
import type { Artifact, Job } from '../manifest.ts';
import type { Found, Grade, Presence, Provenance, Revisions } from '../state/attempt.ts';
import type { Discarded, Discarding, Inventory, Stored } from './stored.ts';

export type { Found, Presence, Provenance, Revisions };

/** What an attempt is told beside its files. */
export interface How {
  readonly provenance: Provenance;
  /** How far short of exactly it may load a checkpoint of another layout; anything less it refuses. */
  readonly accept: Exclude<Grade, 'impossible'>;
}

export interface RunPaths {
  readonly run: string;
  readonly result: string;
  readonly checkpoints: readonly { readonly step: number; readonly path: string; readonly bytes: number }[];
}

export interface Target {
  /** The workspace's real path, from which tokens are derived (`tokenOf`). */
  root(): Promise<string>;
  /** Name of the machine that the workspace was reached by: the same path on another one is another workspace. */
  machine(): Promise<string>;
  /** What stops any run here: no Python, workspace not writable. Findings, never a throw, for the user's side. */
  probe(): Promise<readonly Finding[]>;
  /** Secrets that these jobs name and that are not there, as errors; those that others may read, as warnings. */
  secrets(jobs: readonly Job[]): Promise<readonly Finding[]>;
  /** Where a data file lies, or would lie, by its content on this machine; undefined where the target is not this one. */
  source(hash: Sha, name: string): string | undefined;
  /** By address. */
  has(artifacts: readonly Artifact[]): Promise<ReadonlyMap<string, Presence>>;
  /** Builds beside and publishes when whole; safe to call twice and to kill. */
  build(artifact: Artifact, emit: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
  /** By address (a call never names one twice): attempts, oldest first; `unknown` where the look-up itself failed. */
  find(jobs: readonly Job[]): Promise<ReadonlyMap<string, readonly Found[] | 'unknown'>>;
  /** Starts attempt `n` detached and returns its handle once the supervisor has claimed it. */
  start(job: Job, artifacts: readonly Artifact[], n: number, how: How): Promise<string>;
  /** Asks for a stop; `save` makes a checkpoint first. Resolves when the attempt has ended. */
  stop(job: Job, n: number, save: boolean, signal: AbortSignal): Promise<void>;
  /** Events of attempt `n` from byte offset `from` on, until it ends, or until what is there has been read. */
  follow(
    job: Job,
    n: number,
    options: { follow: boolean; from?: number; signal?: AbortSignal },
  ): AsyncIterable<TrainerEvent>;
  /** How attempt `n` stands: its start, its newest evaluation, its last events, in order; not the events in between. */
  glance(job: Job, n: number): Promise<readonly TrainerEvent[]>;
  /** Why attempts that launch.sh made in a folder of its own are not this run's, as errors; none where they are. */
  strange(job: Job, folder: string): Promise<readonly Finding[]>;
  /** Makes such a folder the run's own, where it lies. Safe to call twice and to kill. */
  takeOver(job: Job, folder: string): Promise<void>;
  paths(job: Job): Promise<RunPaths>;
  /** Removes what apply made for a job; results and checkpoints only when named. */
  remove(job: Job, results: boolean): Promise<void>;
  /** What the workspace holds beside its runs, and what these rest on, whoever's they are. */
  inventory(): Promise<Inventory>;
  /** Removes these, each at once and for all to see, unless it was touched meanwhile. Safe to call twice and to kill. */
  discard(things: readonly Stored[], how: Discarding): Promise<readonly Discarded[]>;
}
