// What `sft --version` prints: the version, and in a checkout the commit. Reads files; git itself would take longer than
// all the rest. Plain JavaScript that an old Node can read.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** @param {string} path */
const lineOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');

/** The folder that holds HEAD: `.git` itself, or where its one line points to in a linked work tree. @param {string} root */
function gitFolder(root) {
  const path = join(root, '.git');
  try {
    const [, elsewhere] = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    return resolve(root, elsewhere ?? '.git');
  } catch {
    return path;
  }
}

/** Commit of the checkout at `root`; empty where there is none. @param {string} root */
function commitOf(root) {
  if (!existsSync(join(root, '.git'))) return '';
  const folder = gitFolder(root);
  const [, ref = ''] = /^ref: (.+)$/.exec(lineOf(join(folder, 'HEAD'))) ?? [];
  if (ref === '') return lineOf(join(folder, 'HEAD'));
  const shared = resolve(folder, lineOf(join(folder, 'commondir')) || '.');
  const packed = lineOf(join(shared, 'packed-refs')).split('\n');
  const found = lineOf(join(shared, ref)) || packed.find((line) => line.endsWith(` ${ref}`)) || '';
  return found.split(' ')[0] ?? '';
}

/** @param {string} root The package's folder. */
export function versionText(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const commit = commitOf(root).slice(0, 12);
  return /^[0-9a-f]{12}$/.test(commit) ? `${version} (commit ${commit})` : version;
}
