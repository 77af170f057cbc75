/** What is known of attempts and artifacts: as a target tells it, and as the state keeps it. */
import type { Cause } from '../base/events.ts';
import type { Sha } from '../base/hash.ts';
import type { Layout } from '../manifest.ts';

/** An artifact on a target. `unknown`: the look-up itself failed, which is never taken for `absent`. */
export type Presence = 'whole' | 'altered' | 'absent' | 'unknown';

/** The commits that names on the Hub turned out to stand for when the attempt read them. */
export interface Revisions {
  /** Of the model. */
  readonly model?: string;
  /** Of the dataset. */
  readonly data?: string;
}

/** How far a checkpoint loads in another layout (lib/plan/move.ts). */
export type Grade = 'exact' | 'approximate' | 'weights-only' | 'impossible';

/** By what ranks, sharded how, a checkpoint was written: the `layout` in its marker. `zero_stage` null: no DeepSpeed. */
export interface Written {
  readonly world_size: number;
  readonly micro_batch: number;
  readonly zero_stage: number | null;
  readonly offload: readonly string[];
  readonly device: 'cpu' | 'gpu';
}

/** One attempt as the target knows it. `lost`: the supervisor is gone and left no end. */
export interface Found {
  readonly n: number;
  readonly token: Sha;
  readonly handle: string;
  readonly state: 'queued' | 'running' | 'ended' | 'lost';
  readonly cause?: string;
  readonly message?: string;
  /** Newest complete checkpoint's step, 0 if none. */
  readonly checkpoint: number;
  /** What the newest checkpoint's marker says of who wrote it. */
  readonly written?: Partial<Written>;
  readonly step: number;
  readonly revisions?: Revisions;
  /** launch.sh was started by hand: no plan asked for it. */
  readonly byHand?: true;
  /** Step of the newest checkpoint that the run told of, where that is no longer there whole. */
  readonly missing?: number;
  /** The result is not as the trainer wrote it. */
  readonly altered?: true;
}

/** The commit that a plan was made from. `difference`: hash of what was changed since, where it is dirty: `lib/cli/git.ts`. */
export interface GitState {
  /** Full hash. */
  readonly commit: string;
  /** Whether something is not committed. */
  readonly dirty: boolean;
  /** Of the text that `git diff HEAD` prints. */
  readonly difference?: Sha;
}

/** Who asked for the start; kept in the attempt and in each checkpoint. */
export interface Provenance {
  /** Hash of the plan. */
  readonly plan: Sha;
  /** The commit that the plan was made from; absent where the project is in no repository. */
  readonly git?: GitState;
}

/** One attempt as the state keeps it. */
export interface Attempt {
  /** Counted from 1. */
  readonly n: number;
  /** Made from workspace, address, identity and number. */
  readonly token: Sha;
  /** Absent where a crash fell between the start and its answer, until the target is asked again. */
  readonly handle?: string;
  /** What its checkpoints were written by: whether they load in another layout is asked of this. */
  readonly layout: Layout;
  /** Absent without DeepSpeed. */
  readonly zeroStage?: number;
  /** Absent in what versions before this one wrote. */
  readonly microBatch?: number;
  /** What DeepSpeed kept in host memory, under its names; absent: nothing. */
  readonly offload?: readonly string[];
  /** Absent as long as none is known. */
  readonly end?: Cause;
  /** Of what it read from the Hub. */
  readonly revisions?: Revisions;
  /** Of the plan that started it, or that took it over where the state did not know it. */
  readonly provenance: Provenance;
}
