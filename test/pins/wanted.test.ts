/** What moves under a plan's feet, and what a saved plan rests on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AskedPin } from '../../lib/manifest.ts';
import { emptyLock, type LockFile, withCommit } from '../../lib/pins/lock-file.ts';
import { pinFindings, pinnedInputs, wantedFiles, wantedPins } from '../../lib/pins/wanted.ts';
import { stackOf } from '../support/stacks.ts';

const commit = 'dce01c9b08f87459cf36a430d809084718273017';
const loose: AskedPin = { kind: 'model', id: 'a/a', revision: 'main', commit: null };
const fixed: AskedPin = { kind: 'dataset', id: 'b/b', revision: 'v1', commit };
const { resources } = stackOf({ sft: {} });
const [file] = wantedFiles([{ resources }]);

const tell = (pins: readonly AskedPin[], lock: Partial<LockFile>, required = false) =>
  pinFindings([{ pins, resources }], { lock: { ...emptyLock, ...lock }, trainer: '0.1.0', required }).map(
    ({ id, severity, count, message }) => ({ id, severity, count, message }),
  );

test('each name once, over all stacks', () => {
  assert.equal(wantedPins([{ pins: [loose, fixed] }, { pins: [{ ...loose }] }, {}]), [fixed, loose]);
  assert.is(file?.path, 'data/rows.json');
});

test('a plan without pins warns with their number; --require-pins makes errors of all that is loose', () => {
  assert.equal(tell([fixed], {}), []);
  const [one, ...others] = tell([loose, fixed], {});
  assert.equal(others, []);
  assert.equal([one?.id, one?.severity, one?.count], ['pin/missing', 'warning', 1]);
  assert.match(one?.message ?? '', '1 input is not pinned: model a/a (main).');
  const required = tell([loose], {}, true);
  assert.equal(
    required.map(({ id, severity }) => [id, severity]),
    [
      ['pin/missing', 'error'],
      ['pin/trainer', 'error'],
    ],
  );
  assert.is(required[0]?.count, 2, 'the data file is to be pinned too');
  const whole = { files: { [file?.path ?? '']: file?.sha256 ?? '' }, trainer: '0.1.0' };
  assert.equal(tell([fixed], whole, true), []);
});

test('a file or a trainer that is not the one that is pinned', () => {
  const lock = { files: { [file?.path ?? '']: 'cd'.repeat(32) }, trainer: '0.0.9' };
  assert.equal(
    tell([fixed], lock).map(({ id, severity }) => [id, severity]),
    [
      ['pin/file', 'warning'],
      ['pin/trainer', 'warning'],
    ],
  );
  assert.ok(tell([fixed], lock, true).every(({ severity }) => severity === 'error'));
});

test('a saved plan rests on each pin by name, also on one that was not there', () => {
  const manifest = { pins: [loose, fixed] };
  assert.equal(pinnedInputs(manifest), { 'pin of dataset b/b (v1)': commit, 'pin of model a/a (main)': null });
  const later = withCommit(emptyLock, 'model', 'a/a', 'main', commit);
  assert.equal(pinnedInputs(manifest, later), { 'pin of dataset b/b (v1)': null, 'pin of model a/a (main)': commit });
});

test.run();
