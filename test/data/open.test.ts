/** Rows one after another are the rows of the whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openRows } from '../../lib/data/open.ts';

const test = suite('rows one after another');
const folder = mkdtempSync(join(tmpdir(), 'sft-open-'));
test.after(() => rmSync(folder, { recursive: true }));

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

test('each row with its number, its line and the keys that it has twice', async () => {
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, '{"a": 1}\n\n{"a": 2, "a": 3}\n');
  assert.equal(await all(openRows(path)), [
    { value: { a: 1 }, number: 1, line: 1 },
    { value: { a: 3 }, number: 2, line: 3, repeated: ['a'] },
  ]);
});

test.run();
