import { type Sha, sha256 } from './hash.ts';

/**
 * Names attempt `n` of a run in a workspace. Derived, so that independent plans, or a lost state, find the same job.
 * Kept equal to `token_of` in trainer/cdksft_trainer/claim.py. `root`: the workspace's real path.
 */
export function tokenOf(
  root: string,
  stack: string,
  job: { readonly address: string; readonly identity: Sha },
  n: number,
): Sha {
  return sha256(`${root}\n${stack}/${job.address}\n${job.identity}\n${n}`);
}
