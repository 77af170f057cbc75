/** Parquet and Arrow as pyarrow and datasets write them: the plan's rows are the trainer's. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectFiles } from '../../lib/data/inspect.ts';
import { planSays, pythonSays, trainerSays } from '../support/readers.ts';

const test = suite('files of columns');
const folder = mkdtempSync(join(tmpdir(), 'sft-columnar-'));
test.after(() => rmSync(folder, { recursive: true }));
const names = JSON.parse(pythonSays('make_columnar.py', '', [folder])) as readonly string[];
const path = (name: string) => join(folder, name);
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

test('each codec, page, encoding and type: the same rows on both sides', () => {
  const plans = names.map((name) => planSays(path(name)));
  const trained = trainerSays(names.map((name, index) => ({ path: path(name), type: plans[index]?.type })));
  assert.equal(new Set(plans.map(({ type }) => type)), new Set(['parquet', 'arrow']));
  for (const [index, { values, lines, broken }] of plans.entries()) {
    assert.is(broken, undefined, names[index]);
    assert.ok((values?.length ?? 0) > 2, names[index]);
    assert.equal(lines, []);
    assert.equal(plain(values), trained[index]?.values, names[index]);
  }
});

test('what the values are: text as it stands, numbers, lists of structs, and by name what JSON has no type for', () => {
  const { values } = planSays(path('gzip-2.0.parquet'));
  const row = plain(values?.[1]) as Record<string, unknown>;
  assert.is(row.instruction, '\ufeff Zeile 1 é日本\0😀');
  assert.equal(row.messages, [
    { role: 'user', content: 'Frage 1', calls: null },
    { role: 'assistant', content: null, calls: [{ name: 'find', depth: 1 }] },
  ]);
  assert.equal([row.kind, row.struct, row.number, row.flag, row.nothing], ['b', null, 2 ** 60, null, null]);
  assert.equal(
    ['when', 'day', 'money', 'bytes', 'map'].map((name) => row[name]),
    ['(timestamp)', '(date)', null, '(binary)', '(map)'],
  );
  assert.equal((plain(values?.[0]) as typeof row).odd, null);
  assert.equal((plain(values?.[4]) as typeof row).instruction, null);
});

test('findings of rows without lines name the row', () => {
  const { findings, rows, files } = inspectFiles(folder, ['hub.parquet'], { format: 'prompt' }, {});
  assert.equal([rows, files[0]?.type], [25, 'parquet']);
  assert.match(findings[0]?.where.path ?? '', /^hub\.parquet row 1, hub\.parquet row 2, /);
});

test('a folder of save_to_disk is its files in their order; one of several datasets is refused', () => {
  const { paths, rows, files, findings } = inspectFiles(folder, ['saved/'], { format: 'alpaca' }, {});
  assert.equal([rows, findings.length], [50, 0]);
  assert.equal(
    paths,
    [0, 1, 2].map((shard) => `saved/data-0000${shard}-of-00003.arrow`),
  );
  assert.equal(new Set(files.map(({ type }) => type)), new Set(['arrow']));
  const several = inspectFiles(folder, ['splits'], { format: 'alpaca' }, {});
  assert.equal(
    several.findings.map(({ id, message, fix }) => [id, message, fix]),
    [['data/saved', 'splits holds several datasets: train, test.', 'Write the path of one of them: splits/train.']],
  );
  assert.is(inspectFiles(folder, ['splits/test'], { format: 'alpaca' }, {}).rows, 2);
});

test('damaged files: one finding, and no rows of what is left', () => {
  const whole = readFileSync(path('snappy-1.0.parquet'));
  const stream = readFileSync(path('stream.arrow'));
  const feather = readFileSync(path('lz4.feather'));
  const text = Buffer.from('{"text": "no columns"}\n'.repeat(9));
  const garbled = Buffer.from(whole);
  garbled.fill(0xa5, 200, 1200);
  const broken: readonly (readonly [name: string, bytes: Buffer, id: string])[] = [
    ['half.parquet', whole.subarray(0, whole.length / 2), 'data/not-parquet'],
    ['tail.parquet', whole.subarray(0, -1), 'data/not-parquet'],
    ['text.parquet', text, 'data/not-parquet'],
    ['short.parquet', Buffer.from('PAR1'), 'data/not-parquet'],
    ['garbled.parquet', garbled, 'data/not-parquet'],
    [
      'sealed.parquet',
      Buffer.concat([Buffer.from('PARE'), whole.subarray(4, -4), Buffer.from('PARE')]),
      'data/not-parquet',
    ],
    ['half.arrow', stream.subarray(0, stream.length / 2), 'data/not-arrow'],
    // Between two messages: what is there is whole, and the rest is missing all the same.
    ['tail.arrow', stream.subarray(0, -8), 'data/not-arrow'],
    ['text.arrow', text, 'data/not-arrow'],
    ['tail.feather', feather.subarray(0, -3), 'data/not-arrow'],
  ];
  for (const [name, bytes] of broken) writeFileSync(path(name), bytes);
  const trained = trainerSays(
    broken.map(([name]) => ({ path: path(name), type: name.endsWith('parquet') ? 'parquet' : 'arrow' })),
  );
  for (const [index, [name, , id]] of broken.entries()) {
    const { findings, files } = inspectFiles(folder, [name], { format: 'text' }, {});
    assert.equal([files.length, findings.map((one) => one.id)], [0, [id]], name);
    assert.match(findings[0]?.message ?? '', new RegExp(`^The data file ${name.replace('.', '\\.')} is `));
    assert.is(trained[index]?.mistake, id.replace('/', '-'), name);
  }
});

test.run();
