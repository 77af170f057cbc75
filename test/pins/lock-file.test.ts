/** sft.lock.json as a value: one spelling, and nothing that cannot be read counts as no pin. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  commitOf,
  emptyLock,
  fileHash,
  type LockFile,
  lockText,
  readLock,
  withCommit,
} from '../../lib/pins/lock-file.ts';

const commit = 'dce01c9b08f87459cf36a430d809084718273017';
const other = '01c7f73d771dfac7d292323805ebc428287df4f9';
const hash = 'ab'.repeat(32);

const idOf = (text: string) => {
  const read = readLock(text);
  return 'finding' in read ? read.finding.id : undefined;
};

test('keys are sorted and lines end alike, in whatever order it was filled', () => {
  const one = withCommit(withCommit(emptyLock, 'model', 'b/b', 'main', commit), 'model', 'a/a', 'v1', other);
  const two = withCommit(withCommit(emptyLock, 'model', 'a/a', 'v1', other), 'model', 'b/b', 'main', commit);
  const text = lockText({ ...one, files: { 'rows.json': hash }, trainer: '0.1.0' });
  assert.is(text, lockText({ ...two, trainer: '0.1.0', files: { 'rows.json': hash } }));
  assert.is(
    text,
    `{
  "//": "Written by sft pins; commit it. docs/pins.md says what it holds.",
  "format": 1,
  "datasets": {},
  "files": {
    "rows.json": "${hash}"
  },
  "models": {
    "a/a": {
      "v1": "${other}"
    },
    "b/b": {
      "main": "${commit}"
    }
  },
  "trainer": "0.1.0"
}
`,
  );
});

test('what is written is read back, whatever the names are', () => {
  const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
  const table = fc.dictionary(fc.string(), fc.dictionary(fc.string(), hex(40)));
  const lock: fc.Arbitrary<LockFile> = fc.record(
    {
      format: fc.constant(1 as const),
      models: table,
      datasets: table,
      files: fc.dictionary(fc.string(), hex(64)),
      trainer: fc.string(),
    },
    { requiredKeys: ['format', 'models', 'datasets', 'files'] },
  );
  fc.assert(
    fc.property(lock, (value) => {
      const read = readLock(lockText(value));
      assert.ok('lock' in read);
      assert.is(lockText(read.lock), lockText(value));
    }),
  );
});

test('a name that every object has is not pinned by that', () => {
  assert.is(commitOf(emptyLock, 'model', 'constructor', 'name'), undefined);
  assert.is(fileHash(emptyLock, 'toString'), undefined);
  assert.is(
    commitOf(withCommit(emptyLock, 'dataset', 'a/a', 'main', commit), 'dataset', 'a/a', 'constructor'),
    undefined,
  );
});

test('damaged, merged and newer files are refused, each by its own finding', () => {
  const whole = lockText(withCommit(emptyLock, 'model', 'a/a', 'main', commit));
  assert.is(idOf(whole), undefined);
  assert.is(idOf(`\uFEFF${whole.replaceAll('\n', '\r\n')}`), undefined, 'an editor of another system');
  for (const text of ['', '\n', 'null', '[]', '{}', whole.slice(0, -4), whole.replace(commit, 'main'), `${whole}x`])
    assert.is(idOf(text), 'pin/invalid', text);
  for (const [from, to] of [
    ['"models"', '"model"'],
    ['"files": {}', '"files": { "a": "b" }'],
    ['"files": {}', '"files": []'],
    ['"format": 1', '"format": 1, "trainer": 3'],
  ] as const)
    assert.is(idOf(whole.replace(from, to)), 'pin/invalid', to);
  assert.is(idOf(whole.replace('"format": 1', '"format": 2')), 'pin/newer');
  const line = `      "main": "${commit}"`;
  const conflict = `<<<<<<< HEAD\n${line}\n=======\n${line.replace(commit, other)}\n>>>>>>> theirs`;
  assert.is(idOf(whole.replace(line, conflict)), 'pin/merge');
});

test.run();
