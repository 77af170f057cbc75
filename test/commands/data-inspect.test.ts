/** `sft data inspect` from the command line: files, datasets of stacks, documents, pages, exit codes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Documents } from '../../lib/report/documents.ts';
import { programText } from '../support/programs.ts';
import { faultsOf } from '../support/schemas.ts';
import { checkout, makeProject, type Ran, sft, sideBySide } from '../support/sft.ts';

const test = suite('data inspect');
const everyday = join(checkout, 'examples/data/everyday.json');

/** No project: nothing but a folder. */
let folder = '';
test.before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sft-inspect-')));
});
test.after(() => rmSync(folder, { recursive: true }));

const inspect = (...args: string[]) => sft(folder, 'data', 'inspect', ...args);
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);

function documentOf({ out, err }: Ran): Documents['data-inspect'] {
  assert.not.equal(out, '', err);
  const value: unknown = JSON.parse(out);
  assert.equal(faultsOf('data-inspect', value), []);
  return value as Documents['data-inspect'];
}

const pairs = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

test('a lone file outside of any project: text, document; nothing is written beside it', async () => {
  write('everyday.json', readFileSync(everyday));
  const [text, json] = await Promise.all([inspect('everyday.json'), inspect('everyday.json', '--json')]);
  assert.is(text.code, 0, text.err);
  const lines = text.out.split('\n');
  assert.match(lines[0] ?? '', /^everyday\.json {2}\d+ KiB$/);
  assert.is(lines[1], 'JSON · UTF-8 · 366 rows · alpaca format · alpaca template');
  assert.match(text.out, /\n {2}\| ### Response:\n {2}\| \[\[[^\]]+\]\]\n/);
  assert.is(text.err, '');
  const document = documentOf(json);
  assert.equal([document.rows, document.format, document.tokens], [366, 'alpaca', null]);
  assert.equal(
    document.columns.map(({ name, rows }) => [name, rows]),
    [
      ['instruction', 366],
      ['input', 366],
      ['output', 366],
    ],
  );
  assert.is(document.samples.length, 3);
  assert.equal(readdirSync(folder), ['everyday.json']);
  assert.equal(readFileSync(join(folder, 'everyday.json')), readFileSync(everyday));
  rmSync(join(folder, 'everyday.json'));
});

test('duplicates are found and counted; --fail-on decides the exit code; --row over several files', async () => {
  write('a.jsonl', pairs({ prompt: 'p', completion: 'c' }, { prompt: 'p', completion: 'c' }));
  write('b.jsonl', pairs({ prompt: 'q', completion: 'the row that was asked for' }));
  const [first, failing, lenient, row] = await Promise.all([
    inspect('a.jsonl', '--json'),
    inspect('a.jsonl', '--fail-on', 'warning'),
    inspect('a.jsonl', '--fail-on', 'error'),
    inspect('*.jsonl', '--row', '3', '--json'),
  ]);
  const { findings, duplicates } = documentOf(first);
  const found = findings.find(({ id }) => id === 'rows/duplicate');
  assert.equal(found?.places, [{ file: 'a.jsonl', row: 2, line: 2 }]);
  assert.is(duplicates.exact, 1);
  assert.equal([first.code, failing.code, lenient.code], [0, 65, 0]);
  assert.match(failing.out, /a\.jsonl:2/);
  const { rows, samples, files } = documentOf(row);
  assert.equal([rows, files.length, samples.length], [3, 2, 1]);
  assert.equal([samples[0]?.file, samples[0]?.row, samples[0]?.line], ['b.jsonl', 1, 1]);
  const { text = '', trained = [] } = samples[0] ?? {};
  assert.equal(
    trained.map(([from, to]) => text.slice(from, to)),
    ['the row that was asked for'],
  );
});

test('what gives no rows: one message with its place, and the exit code', async () => {
  mkdirSync(join(folder, 'sub'), { recursive: true });
  write('empty.jsonl', '');
  write('prose.jsonl', 'Dear reader,\nthis is no data.\n');
  write('good.jsonl', pairs({ prompt: 'a', completion: 'b' }));
  spawnSync('mkfifo', [join(folder, 'fifo.jsonl')]);
  const cases: readonly (readonly [code: number, id: string, part: string, ...args: string[]])[] = [
    [64, 'data/unreadable', 'Did you mean "good.jsonl"?', 'god.jsonl'],
    [64, 'data/unreadable', 'is a folder', 'sub/'],
    [64, 'data/unreadable', 'is no regular file', 'fifo.jsonl'],
    [65, 'data/empty', 'is empty', 'empty.jsonl'],
    [65, 'data/not-json', 'at line 1', 'prose.jsonl'],
    [64, 'data/no-match', 'No file matches', '*.parquet'],
    [64, 'usage/arguments', 'There is no row 9.', 'good.jsonl', '--row', '9'],
    [64, 'usage/arguments', 'is the data itself', 'good.jsonl', '--html', 'good.jsonl'],
    [64, 'usage/arguments', 'Did you mean "warning"?', 'good.jsonl', '--fail-on', 'warnin'],
    [64, 'usage/arguments', 'Did you mean "prompt"?', 'good.jsonl', '--format', 'promt'],
    [64, 'usage/arguments', 'Give a whole number', 'good.jsonl', '--row', '0'],
    [1, 'data/page', 'cannot be written', 'good.jsonl', '--html', 'nowhere/page.html'],
  ];
  const before = readFileSync(join(folder, 'good.jsonl'), 'utf8');
  const ran = await sideBySide(
    cases.map(
      ([, , , ...args]) =>
        () =>
          inspect(...args, '--json'),
    ),
  );
  for (const [index, [code, id, part]] of cases.entries()) {
    const { code: given, out } = ran[index] as Ran;
    const failure = JSON.parse(out) as Documents['failure'];
    assert.equal(faultsOf('failure', failure), []);
    const [only, ...more] = failure.findings;
    assert.equal([given, failure.exit, only?.id, more], [code, code, id, []], out);
    assert.ok(`${only?.message} ${only?.fix}`.includes(part), `${part} is not in: ${only?.message} ${only?.fix}`);
  }
  assert.is(readFileSync(join(folder, 'good.jsonl'), 'utf8'), before);
});

test('rows that cannot be learnt from and lines that are none are findings, with the places of the first', async () => {
  write(
    'mixed.jsonl',
    [
      '{"prompt": "a", "completion": "b"}',
      '{"prompt": ',
      '{"prompt": "a", "completion": 3}',
      '{"prompt": "c"}',
      '{"prompt": "d", "completion": "e", "prompt": "f"}',
      'nothing',
      '7',
      '',
    ].join('\n'),
  );
  write('strange.jsonl', pairs({ frage: 'a', antwort: 'b' }, { frage: 'c', antwort: 'd' }));
  const [mixed, strange, text] = await Promise.all([
    inspect('mixed.jsonl', '--json'),
    inspect('strange.jsonl', '--json'),
    inspect('strange.jsonl'),
  ]);
  assert.is(mixed.code, 65);
  const found = documentOf(mixed);
  assert.is(found.rows, 5);
  const errors = found.findings.filter(({ severity }) => severity === 'error');
  assert.equal(
    errors.map(({ id, count, places }) => [id, count, ...places.map(({ line, row, column }) => [line, row, column])]),
    [
      ['data/not-json', 2, [2, undefined, undefined], [6, undefined, undefined]],
      ['data/not-text', 1, [3, 2, 'completion']],
      ['data/missing-column', 1, [4, 3, 'completion']],
      ['data/duplicate-key', 1, [5, 4, 'prompt']],
      ['data/row', 1, [7, 5, undefined]],
    ],
  );
  assert.match(errors[0]?.message ?? '', /^mixed\.jsonl is not valid JSON at line 2, and a line more like it\.$/);
  assert.is(strange.code, 0);
  assert.equal(
    documentOf(strange).findings.map(({ id, count, places }) => [id, count, places]),
    [['data/missing-column', 2, [{ file: 'strange.jsonl', row: 1, line: 1 }]]],
  );
  assert.match(text.out, /no known format.*1 error.*of no format.*it has frage, antwort/s);
});

test('a dataset of a stack is named by its path or by its run, from any folder of the project', async () => {
  const project = makeProject({
    'stacks/demo.ts': programText(),
    'rows.json': JSON.stringify([
      { instruction: 'i', output: 'o' },
      { instruction: 'j', output: 'o' },
    ]),
    'sub/empty.txt': '',
  });
  const below = (...args: string[]) => sft(project.folder, 'data', 'inspect', ...args, '-C', 'sub', '--json');
  const [rows, run, whole, wrong, none] = await Promise.all([
    below('demo/rows'),
    below('demo/sft'),
    below('demo'),
    below('demo/rowz'),
    below('dmo/rows'),
  ]);
  for (const each of [rows, run, whole]) {
    const { rows: count, files } = documentOf(each);
    assert.equal([count, files.map(({ path }) => path)], [2, ['../rows.json']]);
  }
  const messages = [wrong, none].map(({ out }) => (JSON.parse(out) as Documents['failure']).findings[0]);
  assert.equal([wrong.code, messages[0]?.id], [64, 'data/no-construct']);
  assert.match(messages[0]?.fix ?? '', /Did you mean "demo\/rows"/);
  assert.equal([none.code, messages[1]?.id], [64, 'data/unreadable']);
  project.remove();
});

test.run();
