import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareKeys, compareRows, type RowKey } from '../../lib/data/row-changes.ts';
import type { Format } from '../../lib/settings/formats.ts';

const alpaca = (instruction: string, output: string) => ({ instruction, input: '', output });

async function compare(before: readonly unknown[], after: readonly unknown[], format: Format = 'alpaca') {
  const folder = mkdtempSync(join(tmpdir(), 'sft-rows-'));
  const file = (name: string, rows: readonly unknown[]) => {
    writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return { files: [{ path: join(folder, name), name: 'rows.jsonl' }], format };
  };
  try {
    return await compareRows(file('before.jsonl', before), file('after.jsonl', after));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('added, removed and changed rows, each with its first places', async () => {
  const before = [alpaca('A', '1'), alpaca('B', '2'), alpaca('C', '3'), alpaca('D', '4')];
  const after = [alpaca('A', '1'), alpaca('E\n5', '5'), alpaca('C', 'three'), alpaca('B', '2')];
  const changes = await compare(before, after);
  assert.equal(changes, {
    before: 4,
    after: 4,
    added: 1,
    removed: 1,
    changed: 1,
    examples: [
      { change: 'added', file: 'rows.jsonl', row: 2, line: 2, text: 'E 5' },
      { change: 'changed', file: 'rows.jsonl', row: 3, line: 3, text: 'C' },
      { change: 'removed', file: 'rows.jsonl', row: 4, line: 4, text: 'D' },
    ],
  });
});

test('another order of rows and of their keys is no change; a second copy is one row more', async () => {
  const rows = [alpaca('A', '1'), alpaca('B', '2')];
  const turned = [{ output: '2', input: '', instruction: 'B' }, alpaca('A', '1')];
  const same = await compare(rows, turned);
  assert.equal([same.added, same.removed, same.changed, same.examples], [0, 0, 0, []]);
  const more = await compare(rows, [...rows, alpaca('A', '1')]);
  assert.equal([more.added, more.removed, more.changed], [1, 0, 0]);
  assert.is(more.examples[0]?.row, 3);
});

test('a dialogue of the same question with another answer was changed; a text has no question', async () => {
  const dialogue = (question: string, answer: string) => ({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  });
  const talk = await compare([dialogue('A', '1')], [dialogue('A', '2')], 'messages');
  assert.equal([talk.added, talk.removed, talk.changed], [0, 0, 1]);
  assert.is(talk.examples[0]?.text, 'A');
  const text = await compare([{ text: 'a' }], [{ text: 'b' }], 'text');
  assert.equal([text.added, text.removed, text.changed], [1, 1, 0]);
});

test('every row is kept, changed, added or removed, and the other way round the same', () => {
  const key = fc.record({
    row: fc.constantFrom('a', 'b', 'c', 'd'),
    question: fc.constantFrom('x', 'y'),
  }) as fc.Arbitrary<RowKey>;
  fc.assert(
    fc.property(fc.array(key), fc.array(key), (before, after) => {
      const there = compareKeys(before, after);
      const back = compareKeys(after, before);
      const kept = after.length - there.added.length - there.changed.length;
      assert.is(before.length, kept + there.removed.length + there.changed.length);
      assert.equal([back.added, back.removed.length], [there.removed, there.added.length]);
      assert.is(back.changed.length, there.changed.length);
      assert.is(kept === after.length, there.added.length + there.changed.length === 0);
    }),
  );
});

test.run();
