/** The document of `sft gc --json`. */
import type { Finding } from '../finding.ts';
import type { StoredKind } from '../targets/stored.ts';

/** One thing in a workspace that nothing refers to. */
export interface ListedUnused {
  /** What it is; `unfinished`: whoever was making it is gone; `trash`: left by an `sft gc` that was stopped. */
  readonly kind: StoredKind;
  /** Below the workspace. */
  readonly path: string;
  /** Its size, with all that is in it. */
  readonly bytes: number;
  /** Why nothing refers to it. */
  readonly reason: string;
  /** `listed`: nothing was done. `busy`: it came into use meanwhile, and stays. */
  readonly outcome: 'removed' | 'busy' | 'failed' | 'listed';
}

/** A workspace of the project. */
export interface ListedWorkspace {
  /** Absolute, without links. */
  readonly path: string;
  /** By path. */
  readonly unused: readonly ListedUnused[];
  /** Bytes of those that were removed. */
  readonly freed: number;
  /** Why environments, bundles, data, weights and tokens were all kept; empty where they were not. */
  readonly kept: readonly string[];
}

/** What `sft gc --json` prints. */
export interface GcDocument {
  /** Grows where a program that reads it must be changed. */
  readonly format_version: '1.0';
  /** By path. */
  readonly workspaces: readonly ListedWorkspace[];
  /** What could not be removed. */
  readonly findings: readonly Finding[];
}
