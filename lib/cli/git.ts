/** The commit that a plan is made from. */
import { execa } from 'execa';
import { sha256 } from '../base/hash.ts';
import type { GitState } from '../state/attempt.ts';

/** Undefined where there is no git, no repository or no commit: provenance is told where it is known. */
export async function gitState(project: string, signal: AbortSignal): Promise<GitState | undefined> {
  const git = async (...args: string[]) => {
    const options = { cwd: project, reject: false, stdin: 'ignore', timeout: 30_000, cancelSignal: signal } as const;
    const { exitCode, stdout } = await execa('git', args, { ...options, stripFinalNewline: false });
    return exitCode === 0 ? stdout : undefined;
  };
  const [commit, status, difference] = await Promise.all([
    git('rev-parse', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=normal'),
    // The hash is to be the same for everyone: a person's own settings must not change the text.
    git('diff', 'HEAD', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--binary', '--full-index'),
  ]);
  if (commit === undefined || status === undefined) return undefined;
  return {
    commit: commit.trim(),
    dirty: status !== '',
    ...(difference ? { difference: sha256(difference) } : {}),
  };
}
