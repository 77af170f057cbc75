import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOf, sha256 } from '../../lib/base/hash.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { filesOf, keepFiles, pruneFiles } from '../../lib/state/applied-files.ts';

const content = (text: string) => [{ path: 'sft/train.json', content: text, mode: 0o644 }] as const;

function bundle(text: string): Artifact {
  const spec = { folder: 'sft', files: { 'train.json': sha256(text) } };
  const base = { life: 'artifact', make: 'bundle', address: 'sft#bundle', needs: [], where: {} } as const;
  return { ...base, key: hashOf(spec), spec };
}

test('kept once by key, read back whole, refused where it was altered', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft-files-'));
  const one = bundle('one');
  assert.is(filesOf(folder, one.key), undefined);
  keepFiles(folder, [one], content('one'));
  keepFiles(folder, [one], content('another text does not replace it'));
  assert.equal(filesOf(folder, one.key), { 'train.json': 'one' });
  const path = join(folder, 'files', `${one.key}.json`);
  for (const text of ['', '{}', JSON.stringify({ folder: 'sft', files: { 'train.json': 'two' } })]) {
    writeFileSync(path, text);
    assert.is(filesOf(folder, one.key), undefined, text);
  }
  rmSync(folder, { recursive: true });
});

test('pruned where neither what is recorded nor a kept state names it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft-files-'));
  const [now, before, never] = [bundle('now'), bundle('before'), bundle('never')];
  keepFiles(folder, [now], content('now'));
  keepFiles(folder, [before], content('before'));
  keepFiles(folder, [never], content('never'));
  const state = join(folder, '3.json');
  writeFileSync(state, JSON.stringify({ key: before.key }));
  pruneFiles(folder, new Set([now.key]), [state]);
  assert.equal(readdirSync(join(folder, 'files')).sort(), [`${before.key}.json`, `${now.key}.json`].sort());
  rmSync(folder, { recursive: true });
});

test.run();
