import { type Sha, sha256 } from './hash.ts';

/** What a run on a target is found by. */
export interface Birth {
  /** Path below the stack. */
  readonly address: string;
  /** Hash of what shapes learning. */
  readonly identity: Sha;
  /** The address that it was first started under, where it was renamed since. */
  readonly born?: string;
}

/** A rename changes no run's folder and no token: both go by the address of birth. */
export const birthplace = ({ address, born = address }: Pick<Birth, 'address' | 'born'>): string => born;

/**
 * Names attempt `n` of a run in a workspace. Derived, so that independent plans, or a lost state, find the same job.
 * Kept equal to `token_of` in trainer/cdksft_trainer/claim.py. `root`: the workspace's real path.
 */
export function tokenOf(root: string, stack: string, job: Birth, n: number): Sha {
  return sha256(`${root}\n${stack}/${birthplace(job)}\n${job.identity}\n${n}`);
}
