/** Evidence that is kept: whole or not at all, and not without end. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256, short } from '../../../lib/base/hash.ts';
import { EvidenceCache, type Passed } from '../../../lib/data/evidence/cache.ts';

const test = suite('kept evidence');
let root = '';
test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'sft-evidence-'));
});
test.after.each(() => rmSync(root, { recursive: true }));

const passed = (unknown: string): Passed => ({ tokens: { unknown }, findings: [] });
const key = (name: string) => sha256(name);
const file = (name: string) => join(root, 'evidence', `${short(key(name))}.json`);
const names = () => readdirSync(join(root, 'evidence')).sort();

test('what was written is read; of another key, or with any byte changed, nothing is', () => {
  const cache = new EvidenceCache(join(root, 'evidence'));
  assert.is(cache.read(key('a')), undefined);
  cache.write(key('a'), passed('one'));
  assert.equal(cache.read(key('a')), passed('one'));
  assert.is(cache.read(key('b')), undefined);
  const text = readFileSync(file('a'), 'utf8');
  for (const damaged of ['', text.slice(0, -9), text.replace('one', 'two'), '[]', '{"key":1}']) {
    writeFileSync(file('a'), damaged);
    assert.is(cache.read(key('a')), undefined, damaged);
  }
  cache.write(key('a'), passed('one'));
  assert.equal(cache.read(key('a')), passed('one'));
  writeFileSync(file('b'), readFileSync(file('a')));
  assert.is(cache.read(key('b')), undefined, 'under another name');
  assert.is(readFileSync(join(root, 'evidence/.gitignore'), 'utf8'), '*\n');
});

test('200 are kept: those that were used last; what a killed process left goes too', () => {
  const cache = new EvidenceCache(join(root, 'evidence'));
  const age = (path: string, minutes: number) => {
    const then = new Date(Date.now() - minutes * 60_000);
    utimesSync(path, then, then);
  };
  cache.write(key('used'), passed('used'));
  cache.write(key('old'), passed('old'));
  age(file('used'), 900);
  age(file('old'), 800);
  for (const left of ['.a.tmp', '.b.tmp']) writeFileSync(join(root, 'evidence', left), '');
  age(join(root, 'evidence/.a.tmp'), 90);
  assert.ok(cache.read(key('used')));
  for (let n = 0; n < 199; n += 1) cache.write(key(`${n}`), passed(`${n}`));
  assert.is(names().filter((name) => name.endsWith('.json')).length, 200);
  assert.ok(cache.read(key('used')));
  assert.is(cache.read(key('old')), undefined);
  assert.equal(
    names().filter((name) => name.endsWith('.tmp')),
    ['.b.tmp'],
    'one that is just being written',
  );
});

test('where the folder cannot be written nothing is kept, and nothing fails', () => {
  writeFileSync(join(root, 'file'), '');
  const cache = new EvidenceCache(join(root, 'file'));
  cache.write(key('a'), passed('one'));
  assert.is(cache.read(key('a')), undefined);
  mkdirSync(join(root, 'evidence', `${short(key('a'))}.json`), { recursive: true });
  const other = new EvidenceCache(join(root, 'evidence'));
  other.write(key('a'), passed('one'));
  assert.is(other.read(key('a')), undefined);
});

test.run();
