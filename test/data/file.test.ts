import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectFile } from '../../lib/data/file.ts';
import { brokenLine, elementLines } from '../../lib/data/lines.ts';

const test = suite('data files');
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-data-'));
});
test.after(() => rmSync(folder, { recursive: true }));

function inspect(content: string | Uint8Array, format: 'alpaca' | 'prompt' | 'text' = 'alpaca') {
  writeFileSync(join(folder, 'rows.json'), content);
  return inspectFile(folder, 'rows.json', format, { construct: 'stack/rows' });
}

test('an array and JSON lines of the same rows are counted alike', () => {
  const rows = [
    { instruction: 'a', output: 'b' },
    { instruction: 'c', input: '', output: 'd' },
  ];
  const array = inspect(JSON.stringify(rows, null, 2));
  const lines = inspect(`\ufeff${rows.map((row) => JSON.stringify(row)).join('\r\n')}\n\n`);
  for (const { facts, findings } of [array, lines]) {
    assert.equal(findings, []);
    assert.is(facts?.rows, 2);
  }
  assert.is.not(array.facts?.sha256, lines.facts?.sha256);
});

test('a row without a column is told by its line', () => {
  const { findings } = inspect(
    '[\n  {"instruction": "a", "output": "b"},\n\n  {"instruction": "c"},\n  {"output": 3}\n]\n',
  );
  assert.equal(
    findings.map(({ id, where, message }) => [id, where.path, message]),
    [
      ['data/missing-column', 'rows.json:4', 'A row of rows.json has no column "output".'],
      ['data/missing-column', 'rows.json:5', 'A row of rows.json has no column "instruction".'],
      ['data/not-text', 'rows.json:5', 'A row of rows.json has a "output" that is no text.'],
    ],
  );
});

test('many such rows are one finding with a count and the first places', () => {
  const { findings } = inspect(Array.from({ length: 10 }, () => '{"instruction":"a"}').join('\n'));
  assert.is(findings.length, 1);
  assert.is(findings[0]?.count, 10);
  assert.is(findings[0]?.where.path, 'rows.json:1, rows.json:2, rows.json:3 and 7 more');
});

test('what is no JSON is told by its line', () => {
  const cases: [string, number][] = [
    ['[\n{"a": 1},\n{"a": oops}\n]', 3],
    ['[\n{"a": 1}\n{"a": 2}\n]', 3],
    ['{"a": 1}\n{"a": \n', 2],
    ['[\n{"a": 1},\n]', 3],
  ];
  for (const [text, line] of cases) {
    const { facts, findings } = inspect(text);
    assert.is(facts, undefined);
    assert.is(findings[0]?.id, 'data/not-json');
    assert.is(findings[0]?.where.path, `rows.json:${line}`, text);
  }
});

test('empty, missing, a folder, a FIFO, not UTF-8: one finding each', () => {
  assert.is(inspect('').findings[0]?.id, 'data/empty');
  assert.is(inspect('[]').findings[0]?.id, 'data/empty');
  assert.is(inspect(Buffer.from([0x5b, 0xff, 0xfe, 0x5d])).findings[0]?.id, 'data/not-utf8');
  const reason = (path: string) => inspectFile(folder, path, 'text', {}).findings[0]?.message ?? '';
  assert.match(reason('nothing.json'), /does not exist/);
  mkdirSync(join(folder, 'folder'));
  assert.match(reason('folder'), /is a folder/);
  spawnSync('mkfifo', [join(folder, 'fifo')]);
  assert.match(reason('fifo'), /no regular file|does not exist/);
});

test('line of any element, whatever the layout', () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(fc.array(fc.tuple(value, fc.nat(3)), { minLength: 1, maxLength: 12 }), (rows) => {
      let text = '[';
      const lines: number[] = [];
      rows.forEach(([row, blank], index) => {
        text += '\n'.repeat(blank);
        lines.push(text.split('\n').length);
        text += `${JSON.stringify(row, null, 1)}${index < rows.length - 1 ? ',' : ''}`;
      });
      assert.equal(
        elementLines(
          `${text}]`,
          lines.map((_, index) => index),
        ),
        lines,
      );
    }),
  );
});

test('JSON that is whole breaks nowhere, cut JSON at its end', () => {
  assert.is(brokenLine('[\n1,\n2'), 3);
});

test.run();
