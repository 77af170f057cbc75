/** The commit that a plan is made from, and what was changed since. */
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { sha256 } from '../base/hash.ts';
import type { Finding } from '../finding.ts';
import type { GitState } from '../state/attempt.ts';

export interface GitAnswer {
  readonly state?: GitState;
  /** Why the commit is not known, though there is a repository. */
  readonly finding?: Finding;
}

/** The hash is to be the same for everyone: a person's own settings must not change the text. */
const plain = [
  ...['core.quotePath=true', 'diff.suppressBlankEmpty=false', 'status.relativePaths=true'],
  // A repository may name programs to run at each look at it.
  ...['core.fsmonitor=false'],
].flatMap((each) => ['-c', each]);
const diff = [
  ...['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--binary', '--full-index', '--no-relative'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--diff-algorithm=myers', '--indent-heuristic', '--unified=3'],
  ...['--inter-hunk-context=0', '-O/dev/null', '--submodule=diff', '--ignore-submodules=none'],
];
/** Our own folder changes with every command; a project that does not ignore it is not dirty by that. */
const places = ['--', ':(top)', ':(exclude).sft'];

/** A file of this size is data: its name and size tell enough, and to read it takes too long. */
const largest = 64 * 1024 * 1024;

async function contentOf(path: string): Promise<string> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 'gone';
  if (found.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  // A repository inside of this one, which git leaves alone.
  if (!found.isFile()) return 'folder';
  if (found.size > largest) return `${found.size} bytes`;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function refused(message: string): Finding {
  const fix = 'Allow it (git config --global --add safe.directory PATH), so that runs can be told from their commit.';
  return { id: 'git/refused', severity: 'warning', where: {}, message, fix };
}

/** Without git, a repository, a working tree or a commit there is nothing to tell. */
export async function gitAnswer(project: string, signal: AbortSignal): Promise<GitAnswer> {
  const git = async (...args: string[]) => {
    const options = { reject: false, stdin: 'ignore', timeout: 30_000, cancelSignal: signal } as const;
    // Bytes, not text: what is no UTF-8 must not become alike. GIT_OPTIONAL_LOCKS: a look must not be in anybody's way.
    const env = { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
    const ran = await execa('git', [...plain, ...args], { ...options, cwd: project, env, encoding: 'buffer' });
    return { bytes: ran.exitCode === 0 ? Buffer.from(ran.stdout) : undefined, error: Buffer.from(ran.stderr ?? '') };
  };
  const [head, status] = await Promise.all([
    git('rev-parse', 'HEAD', '--show-toplevel'),
    git('status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=none', ...places),
  ]);
  if (head.error.includes('dubious ownership'))
    return { finding: refused('git does not read this repository, since it belongs to somebody else.') };
  const [commit = '', root = ''] = head.bytes?.toString().split('\n') ?? [];
  if (commit === '' || root === '' || !status.bytes) return {};
  if (status.bytes.length === 0) return { state: { commit, dirty: false } };
  const [difference, others] = await Promise.all([
    git('diff', 'HEAD', ...diff, ...places),
    git('ls-files', '--others', '--exclude-standard', '--full-name', '-z', ...places),
  ]);
  if (!difference.bytes || !others.bytes) return { state: { commit, dirty: true } };
  const hash = await differenceHash(difference.bytes, others.bytes, root);
  return { state: { commit, dirty: true, difference: hash } };
}

/** Of what `git diff` says, and of the name and content of each file that git does not know. */
async function differenceHash(difference: Buffer, others: Buffer, root: string): Promise<string> {
  const names = others.toString('latin1').split('\0').filter(Boolean).sort();
  const lines: string[] = [];
  for (const name of names)
    lines.push(`${await contentOf(join(root, Buffer.from(name, 'latin1').toString()))} ${name}\n`);
  return sha256(Buffer.concat([difference, Buffer.from(lines.join(''), 'latin1')]));
}
