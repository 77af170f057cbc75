/** A workspace as runs that are gone have left it: one thing of each kind, two hours old, and what is not ours. */
import { lutimesSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../../lib/base/hash.ts';

export const hex = (digit: string, length = 12) => digit.repeat(length);

/** Makes a tree look as if nobody had written to it for a while; links themselves too, and not what they lead to. */
export function age(folder: string, seconds = 7200): void {
  const then = Date.now() / 1000 - seconds;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names) lutimesSync(join(folder, name), then, then);
  lutimesSync(folder, then, then);
}

export function put(root: string, files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

export const build = `environments/${hex('e')}-py3.12.abc-00000000`;
export const link = `environments/${hex('e')}-py3.12`;
export const bundle = `bundles/${hex('b')}`;

/** One of each kind, two hours old. */
export function fill(root: string): void {
  put(root, {
    [`${build}/environment.json`]: '{}',
    [`${build}/bin/python`]: '12345678',
    [`${bundle}/files.json`]: { files: [{ path: 'cdksft_trainer-0.1.0-py3-none-any.whl', sha256: sha256('w') }] },
    [`data/${hex('d')}/manifest.json`]: '{}',
    [`weights/${hex('0')}/manifest.json`]: '{}',
    [`tokens/${hex('7')}/manifest.json`]: '{}',
    [`tokenizers/${hex('8')}/manifest.json`]: '{}',
    [`sources/${hex('5', 64)}/rows.json`]: '[]',
    [`trainer/${hex('f')}/old.whl`]: 'w',
    [`bundles/${hex('b')}.01234567/launch.sh`]: '',
    // Not ours.
    'environments/mine/keep': '',
    'data/my-own.json': '',
    'notes.txt': '',
    'sources/README': '',
    'tokenizers/my-own.json': '',
  });
  symlinkSync(`${hex('e')}-py3.12.abc-00000000`, join(root, link));
  age(root);
}

/** What gc removes of it. */
export const all = [
  bundle,
  `${bundle}.01234567`,
  `data/${hex('d')}`,
  link,
  `sources/${hex('5', 64)}/rows.json`,
  `tokenizers/${hex('8')}`,
  `tokens/${hex('7')}`,
  `trainer/${hex('f')}`,
  `weights/${hex('0')}`,
].sort();
