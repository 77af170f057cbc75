import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOf, short } from '../../lib/base/hash.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { type Case, makeCase } from '../support/workspace-case.ts';

const test = suite<{ at: Case }>('bundle');
test.before.each((context) => {
  context.at = makeCase();
});
test.after.each(({ at }) => at.remove());

const never = new AbortController().signal;
const folderOf = (at: Case) => join(at.project, 'ws/bundles', short(hashOf([at.bundle.key, at.wheel.sha256])));
const presence = async (at: Case, artifact: Artifact) => (await at.target().has([artifact])).get(artifact.address);

test('built beside, named by content, whole with the wheel and a list of all', async ({ at }) => {
  assert.is(await presence(at, at.bundle), 'absent');
  await at.target().build(at.bundle, () => {}, never);
  assert.is(await presence(at, at.bundle), 'whole');
  const folder = folderOf(at);
  assert.equal(readdirSync(join(folder, '..')), [short(hashOf([at.bundle.key, at.wheel.sha256]))]);
  const { files } = JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8'));
  assert.equal(
    files.map((file: { path: string }) => file.path),
    [at.wheel.name, 'launch.sh', 'train.json', 'training.py'],
  );
  assert.is(statSync(join(folder, 'launch.sh')).mode & 0o777, 0o755);
});

test('twelve at once, and again: one whole folder', async ({ at }) => {
  await Promise.all(Array.from({ length: 12 }, () => at.target().build(at.bundle, () => {}, never)));
  await at.target().build(at.bundle, () => {}, never);
  assert.is(readdirSync(join(at.project, 'ws/bundles')).length, 1);
  assert.is(await presence(at, at.bundle), 'whole');
});

test('a changed, missing, replaced or listed-away file is drift, and is repaired', async ({ at }) => {
  await at.target().build(at.bundle, () => {}, never);
  const folder = folderOf(at);
  const harms: [string, () => void][] = [
    ['changed', () => writeFileSync(join(folder, 'train.json'), '{}')],
    ['missing', () => rmSync(join(folder, 'launch.sh'))],
    ['shorter', () => truncateSync(join(folder, at.wheel.name), 10)],
    ['list changed', () => writeFileSync(join(folder, 'files.json'), '{}')],
  ];
  for (const [name, harm] of harms) {
    harm();
    assert.is(await presence(at, at.bundle), 'altered', name);
    await at.target().build(at.bundle, () => {}, never);
    assert.is(await presence(at, at.bundle), 'whole', name);
  }
});

test('another trainer is another bundle', async ({ at }) => {
  await at.target().build(at.bundle, () => {}, never);
  assert.ok(existsSync(folderOf(at)));
  const other = { ...at.wheel, sha256: hashOf('other') };
  assert.is.not(short(hashOf([at.bundle.key, other.sha256])), short(hashOf([at.bundle.key, at.wheel.sha256])));
});

test('a workspace that is a file, or below one, is a finding', async ({ at }) => {
  writeFileSync(join(at.project, 'ws'), '');
  assert.equal(
    (await at.target().probe()).map((finding) => finding.id),
    ['workspace/not-writable'],
  );
});

test('a Python that is not there is a finding', async ({ at }) => {
  const [finding] = await at.target({ python: 'no-such-python' }).probe();
  assert.is(finding?.id, 'python/missing');
  assert.match(finding?.message ?? '', /no-such-python/);
});

test('too old a Python, and one without venv, are findings', async ({ at }) => {
  const fake = (version: string, missing: string) => {
    const path = join(at.project, 'python');
    writeFileSync(path, `#!/bin/sh\necho '{"executable": "/p", "version": ${version}, "missing": ${missing}}'\n`);
    chmodSync(path, 0o755);
    return at.target({ python: path }).probe();
  };
  assert.is((await fake('[3, 8, 1]', '[]'))[0]?.id, 'python/version');
  assert.is((await fake('[3, 14, 0]', '[]'))[0]?.id, 'python/version');
  const [venv] = await fake('[3, 11, 2]', '["ensurepip"]');
  assert.is(venv?.id, 'python/venv');
  assert.match(venv?.fix ?? '', /python3\.11-venv/);
  assert.equal(await fake('[3, 11, 0]', '[]'), []);
});

test.run();
