/** Files as a synthesis has them, with the manifest that lists them; and what lies in a folder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import { UserError } from '../../lib/errors.ts';
import type { GeneratedFile } from '../../lib/manifest.ts';

export const file = (path: string, content: string, mode: 0o644 | 0o755 = 0o644): GeneratedFile => ({
  path,
  content,
  mode,
});

/** Files with the manifest that lists them. */
export function stack(...files: GeneratedFile[]): GeneratedFile[] {
  const listed = files.map(({ path, content }) => ({ path, sha256: sha256(content) }));
  return [...files, file('manifest.json', `${JSON.stringify({ files: listed })}\n`)];
}

export const two = () => stack(file('run/train.json', '{}\n'), file('run/launch.sh', 'echo\n', 0o755));
export const all = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

export function refused(run: () => unknown): UserError {
  try {
    run();
  } catch (caught) {
    assert.instance(caught, UserError);
    return caught as UserError;
  }
  throw new Error('nothing was refused');
}
