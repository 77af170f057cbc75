import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectFiles } from '../../lib/data/inspect.ts';
import { brokenLine } from '../../lib/data/lines.ts';
import { deepest, scan } from '../../lib/data/scan.ts';

const test = suite('data files');
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-data-'));
});
test.after(() => rmSync(folder, { recursive: true }));

function inspect(content: string | Uint8Array, format: 'alpaca' | 'prompt' | 'text' = 'alpaca') {
  writeFileSync(join(folder, 'rows.json'), content);
  return inspectFiles(folder, ['rows.json'], { format }, { construct: 'stack/rows' });
}

test('an array and JSON lines of the same rows are counted alike', () => {
  const rows = [
    { instruction: 'a', output: 'b' },
    { instruction: 'c', input: '', output: 'd' },
  ];
  const array = inspect(JSON.stringify(rows, null, 2));
  const lines = inspect(`\ufeff${rows.map((row) => JSON.stringify(row)).join('\r\n')}\n\n`);
  for (const { rows: count, findings } of [array, lines]) {
    assert.equal(findings, []);
    assert.is(count, 2);
  }
  assert.is.not(array.files[0]?.sha256, lines.files[0]?.sha256);
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

test('rows of another shape: which one, or which columns there are', () => {
  const fix = (row: object, format: 'alpaca' | 'prompt' | 'text' = 'alpaca') =>
    inspect(JSON.stringify([row, row]), format).findings[0]?.fix;
  assert.match(fix({ prompt: 'a', completion: 'b' }) ?? '', /of the format prompt: write format: 'prompt'\./);
  assert.match(fix({ text: 'a' }, 'prompt') ?? '', /of the format text: write format: 'text'\./);
  assert.match(fix({ messages: [] }) ?? '', /of the format messages: write format: 'messages'\./);
  assert.match(fix({ conversations: [] }) ?? '', /of the format sharegpt: write format: 'sharegpt'\./);
  assert.match(
    fix({ text: 'a', messages: [] }) ?? '',
    /of the formats text, messages: write format: 'text' or format: 'messages'\./,
  );
  assert.is(
    fix({ question: 'a', answer: 'b' }),
    "The format alpaca needs instruction, output, and it has question, answer: name them in columns: { instruction: '...' }, or choose another format.",
  );
  assert.is(fix({ instructions: 'a' }), "Did you mean 'instructions'? Write columns: { instruction: 'instructions' }.");
  assert.match(fix({}) ?? '', /it has no columns/);
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`c${index}`, '']));
  assert.match(fix(wide) ?? '', /c7 and 22 more/);
  const hole = inspect('[{"text": "a"}, {"prompt": "a", "completion": "b"}]', 'text').findings[0]?.fix;
  assert.is(hole, 'Add the column: the format text needs text.');
});

test('what is no JSON is told by its line', () => {
  const cases: [string, number][] = [
    ['[\n{"a": 1},\n{"a": oops}\n]', 3],
    ['[\n{"a": 1}\n{"a": 2}\n]', 3],
    ['{"a": 1}\n{"a": \n', 2],
    ['[\n{"a": 1},\n]', 3],
  ];
  for (const [text, line] of cases) {
    const { files, findings } = inspect(text);
    assert.equal(files, []);
    assert.is(findings[0]?.id, 'data/not-json');
    assert.is(findings[0]?.where.path, `rows.json:${line}`, text);
  }
});

test('empty, missing, a folder, a FIFO, not UTF-8: one finding each', () => {
  assert.is(inspect('').findings[0]?.id, 'data/empty');
  assert.is(inspect('[]').findings[0]?.id, 'data/empty');
  assert.is(inspect(Buffer.from([0x5b, 0xff, 0xfe, 0x5d])).findings[0]?.id, 'data/encoding');
  const reason = (path: string) => inspectFiles(folder, [path], { format: 'text' }, {}).findings[0]?.message ?? '';
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
      assert.equal(scan(`${text}]`, 1).lines, lines);
    }),
  );
});

test('JSON that is whole breaks nowhere, cut JSON at its end', () => {
  assert.is(brokenLine('[\n1,\n2'), 3);
});

test('a key that is written twice in a row is told; elsewhere it is nobody’s concern', () => {
  const twice = '{"instruction": "a", "out\\u0070ut": "b", "output": "c"}';
  for (const text of [`[\n\n${twice}]`, `\n\n${twice}`]) {
    const { findings } = inspect(text);
    assert.equal(
      findings.map(({ id, where, message }) => [id, where.path, message]),
      [['data/duplicate-key', 'rows.json:3', 'A row of rows.json has "output" more than once.']],
    );
  }
  const inside = '{"instruction": "\\"output\\": ", "output": "c", "more": [{"a": 1, "a": 2}]}';
  assert.equal(inspect(`[${inside}, ${inside}]`).findings, []);
});

test('keys that repeat are found whatever else a row holds', () => {
  const key = fc.constantFrom('a', 'b', 'c"', '\\', 'd:{[,', '__proto__', '');
  const row = fc.array(fc.tuple(key, fc.jsonValue({ maxDepth: 2 })), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      const texts = rows.map(
        (pairs) => `{${pairs.map(([k, v]) => `${JSON.stringify(k)} :${JSON.stringify(v)}`).join(', ')}}`,
      );
      const wanted = rows.flatMap((pairs, index) =>
        pairs.flatMap(([k], at) => (pairs.findIndex(([one]) => one === k) < at ? [{ row: index, key: k }] : [])),
      );
      assert.equal(scan(`[${texts.join(',\n')}]`, 1).repeated, wanted);
      assert.equal(
        scan(texts[0] as string, 0).repeated,
        wanted.filter((one) => one.row === 0),
      );
    }),
  );
});

test('what nests deep ends in a finding, whole or broken, never in an empty stack', () => {
  const nested = (levels: number) => `{"text": "a", "more": ${'['.repeat(levels)}${']'.repeat(levels)}}`;
  const told = (text: string) => inspect(text, 'text').findings.map(({ id, where }) => [id, where.path]);
  assert.equal(told(nested(deepest - 1)), []);
  assert.equal(told(`[\n${nested(deepest - 2)}]`), []);
  assert.equal(told(`\n${nested(deepest)}`), [['data/too-deep', 'rows.json:2']]);
  for (const text of [nested(1e6), `[\n${nested(1e6)}]`, '['.repeat(1e6), '{"a":'.repeat(1e6)])
    assert.is(told(text)[0]?.[0], 'data/too-deep');
});

test('half of a surrogate pair is no text; null where a column may be missing is none', () => {
  const half = inspect('[{"instruction": "\\ud83d", "output": "\\ud83d\\ude42"}]').findings;
  assert.equal(
    half.map(({ id, message }) => [id, message]),
    [['data/not-text', 'A row of rows.json has half of a surrogate pair in "instruction".']],
  );
  assert.equal(inspect('[{"instruction": "a", "input": null, "output": "b"}]').findings, []);
  assert.is(inspect('[{"instruction": "a", "output": null}]').findings[0]?.id, 'data/not-text');
});

test('a row of 10 MB, a million empty lines', () => {
  const row = JSON.stringify({ text: 'a"\n'.repeat(2_500_000) });
  assert.is(inspect(`${'\n'.repeat(1_000_000)}${row}`, 'text').rows, 1);
  assert.is(inspect(`${'\n'.repeat(1_000_000)}{`, 'text').findings[0]?.where.path, 'rows.json:1000001');
});

test.run();
