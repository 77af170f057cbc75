import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import { FileHashes } from '../../lib/data/file-hashes.ts';

const test = suite('hashes of files');

let folder = '';
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-hashes-'));
});
test.after.each(() => rmSync(folder, { recursive: true }));

const later = () => Date.now() + 10_000;
const at = (name: string) => join(folder, name);
const kept = () => at('kept/hashes.json');

/** As a later command would find them. `mark`: what to put in place of each hash, which tells a kept one. */
function tampered(mark: string): void {
  writeFileSync(kept(), readFileSync(kept(), 'utf8').replaceAll(/"value":"[0-9a-f]{64}"/g, `"value":"${mark}"`));
}

const known = 'f'.repeat(64);

async function keep(name: string, now = later): Promise<string> {
  const hashes = new FileHashes(kept(), now);
  const sha = await hashes.of(at(name));
  hashes.save();
  return sha;
}

test('a file that stands is not read again', async () => {
  writeFileSync(at('a'), 'rows');
  assert.is(await keep('a'), sha256('rows'));
  tampered(known);
  assert.is(await keep('a'), known);
});

test('another size, another content of the same size, and a restored time are seen', async () => {
  writeFileSync(at('a'), 'rows');
  await keep('a');
  tampered(known);
  appendFileSync(at('a'), '!');
  assert.is(await keep('a'), sha256('rows!'));
  tampered(known);
  const { atime, mtime } = statSync(at('a'));
  writeFileSync(at('a'), 'ROWS!');
  utimesSync(at('a'), atime, mtime);
  assert.is(await keep('a'), sha256('ROWS!'));
});

test('a file in the place of another is another, whatever its name is', async () => {
  writeFileSync(at('a'), 'rows');
  await keep('a');
  tampered(known);
  writeFileSync(at('b'), 'rows');
  assert.is(await keep('b'), sha256('rows'));
});

test('one that was just changed is not kept: its clock may not have moved since', async () => {
  writeFileSync(at('a'), 'rows');
  const { ctimeMs } = statSync(at('a'));
  assert.is(await keep('a', () => ctimeMs + 1999), sha256('rows'));
  assert.throws(() => readFileSync(kept()), /ENOENT/);
  await keep('a', () => ctimeMs - 60_000);
  assert.throws(() => readFileSync(kept()), /ENOENT/);
});

test('what is kept wrongly is written anew; where nothing can be written, all goes on', async () => {
  writeFileSync(at('a'), 'rows');
  await keep('a');
  writeFileSync(kept(), '{"format": 2, "files": [');
  assert.is(await keep('a'), sha256('rows'));
  tampered(known);
  assert.is(await keep('a'), known);
  writeFileSync(at('file'), '');
  const hashes = new FileHashes(join(at('file'), 'below', 'hashes.json'), later);
  assert.is(await hashes.of(at('a')), sha256('rows'));
  hashes.save();
});

test.run();
