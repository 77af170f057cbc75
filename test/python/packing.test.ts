/** How many sequences packed rows become, as TRL's own packing has it, on lengths drawn at random. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PackedSequences } from '../../lib/estimate/packing.ts';
import { python } from '../support/python.ts';

const most = fc.sample(fc.integer({ min: 1, max: 90 }), 40);
const cases = most.map((each, at) => {
  // Of each batch of a thousand rows by itself; empty ones, and such as are cut, among them.
  const rows = [1, 3, 40, 999, 1000, 1001, 2600][at % 7] as number;
  const lengths = fc.sample(fc.integer({ min: 0, max: at % 2 === 0 ? each + 9 : Math.ceil(each / 4) }), rows);
  // TRL stops at a thousand rows without a token.
  return { most: each, lengths: lengths.map((length, row) => (row % 1000 === 0 ? Math.max(1, length) : length)) };
});

test('of 40 sets of rows', () => {
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const options = { input, encoding: 'utf8', env: { ...process.env, TRL_EXPERIMENTAL_SILENCE: '1' } } as const;
  const { stdout, stderr } = spawnSync(python(), [join(import.meta.dirname, 'pack.py')], options);
  const answers = stdout.split('\n').filter((line) => /^\d+$/.test(line));
  assert.is(answers.length, cases.length, stderr);
  for (const [index, { most: maxLength, lengths }] of cases.entries()) {
    const packed = new PackedSequences(maxLength);
    for (const length of lengths) packed.add(length);
    assert.is(packed.count(), Number(answers[index]), `${lengths.length} rows at ${maxLength}`);
  }
});

test.run();
