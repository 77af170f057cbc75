/** 999 real rows, every finding of which was looked at: docs/judging.md says how many of them are right. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../../lib/data/example.ts';
import { judge } from '../../../lib/data/judge/judge.ts';
import { checkout } from '../../support/sft.ts';
import { skip } from '../../support/skip.ts';

const test = suite('clean');

const realRows = join(checkout, '..', 'shared', 'data', 'alpaca_en_demo.json');

async function found(path: string): Promise<Record<string, number>> {
  const values: unknown[] = JSON.parse(readFileSync(path, 'utf8'));
  const rows = values.map((value, index) => {
    const { example } = exampleOf(value, 'alpaca');
    return { file: path, number: index + 1, value, ...(example ? { example } : {}) };
  });
  return Object.fromEntries((await judge(rows)).map(({ id, count }) => [id, count]));
}

test('rows of the repository have no findings', async () => {
  assert.equal(await found(join(checkout, 'examples', 'data', 'everyday.json')), {});
});

if (existsSync(realRows))
  test('the real rows have those that were looked at, and no others', async () => {
    assert.equal(await found(realRows), {
      'rows/duplicate': 14,
      'rows/email': 1,
      'rows/boilerplate': 6,
      'rows/language': 2,
      'rows/refusal': 30,
    });
  });
else skip('clean', 'the shared real data is not there');

test.run();
