/** The rows that a plan counts are those that the trainer learns from: both read the same bytes, and say the same. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readDataFile } from '../../lib/data/file.ts';
import { encode, everyday, tableOf } from '../support/japanese.ts';
import { planSays, type Said, trainerSays } from '../support/readers.ts';
import { skip } from '../support/skip.ts';

const test = suite('both readers');
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-data-'));
});
test.after(() => rmSync(folder, { recursive: true }));

const types: Readonly<Record<string, string | undefined>> = { '.csv': 'csv', '.tsv.gz': 'tsv', '.txt': 'text' };

/** Each content is read on both sides; returns how many rows each has. */
function alike(contents: readonly Uint8Array[], end = '.data'): number[] {
  const paths = contents.map((content, index) => {
    const path = join(folder, `${index}${end}`);
    writeFileSync(path, content);
    return path;
  });
  const plans = paths.map((path) => planSays(path));
  const trained = trainerSays(
    paths.map((path, index) => ({ path, encoding: plans[index]?.encoding, type: types[end] })),
  );
  return plans.map((plan, index) => {
    const { values, lines, mistake } = trained[index] as Said;
    if (plan.broken !== undefined) {
      assert.is(mistake, plan.broken.replace('data/', 'data-'), `file ${index}`);
      return 0;
    }
    assert.ok(
      isDeepStrictEqual(plan, { encoding: plan.encoding, type: types[end], values, lines }),
      `file ${index} differs`,
    );
    return values?.length ?? 0;
  });
}

/** The same rows, as people save them. */
function ways(text: string): Buffer[] {
  const plain = Buffer.from(text);
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  return [
    plain,
    Buffer.from(`\ufeff${text}`),
    Buffer.from(text.replaceAll('\n', '\r\n')),
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(text, 'utf16le'),
    gzipSync(plain),
    zstdCompressSync(plain),
    Buffer.concat([zstdCompressSync(plain.subarray(0, 1000)), zstdCompressSync(plain.subarray(1000))]),
    Buffer.concat([gzipSync(wide.subarray(0, 1001)), gzipSync(wide.subarray(1001))]),
  ];
}

const linesOf = (text: string) => (JSON.parse(text) as unknown[]).map((row) => JSON.stringify(row)).join('\n\n');

test('examples/data, as an array and as lines, in each encoding and packing', () => {
  const text = readFileSync(root('examples/data/everyday.json'), 'utf8');
  const counted = alike([...ways(text), ...ways(linesOf(text))]);
  assert.equal(counted, Array(20).fill(366));
});

const shared = root('../shared/data/alpaca_en_demo.json');
const name = 'the real rows of Alpaca, as they are and packed';
if (existsSync(shared))
  test(name, () => {
    const text = readFileSync(shared, 'utf8');
    assert.equal(alike([...ways(text), ...ways(linesOf(text))]), Array(20).fill(999));
  });
else skip(name, 'the shared real data is not there');

test('Japanese rows in Shift_JIS and EUC-JP, and every letter of both', () => {
  const rows = everyday();
  const files = (['shift_jis', 'euc-jp'] as const).flatMap((encoding) => {
    const letters = [...tableOf(encoding).keys()].filter((letter) => letter >= ' ' && letter !== '\x7f');
    const all = JSON.stringify({ text: letters.join('') });
    // Kana, so that it is Japanese at all.
    const kana = JSON.stringify({ text: 'これはかなです。'.repeat(1000) });
    return [
      encode(rows.join('\n'), encoding),
      encode(`[${rows.join(',\n')}]`, encoding),
      encode(`${kana}\n${all}`, encoding),
    ];
  });
  assert.equal(alike(files), [rows.length, rows.length, 2, rows.length, rows.length, 2]);
  for (const encoding of ['shift_jis', 'euc-jp'] as const) assert.ok(tableOf(encoding).size > 6900);
});

test('space that is no space of JSON, and nesting as deep as is allowed, are no difference', () => {
  const deep = `{"a": ${'['.repeat(199)}${']'.repeat(199)}}`;
  const texts = [
    '\u2003\n{"a": 1}',
    '\u0085{"a": 1}',
    '\x1c\n{"a": 1}',
    '\ufeff\ufeff{"a": 1}',
    '{"a": 1}\n\u00a0',
    '{"a": NaN}',
  ];
  const paths = texts.map((text, index) => {
    writeFileSync(join(folder, `space-${index}`), text);
    return join(folder, `space-${index}`);
  });
  assert.equal(
    paths.map((path) => planSays(path)),
    Array(texts.length).fill({ broken: 'data/not-json' }),
  );
  assert.equal(alike([Buffer.from(deep), Buffer.from(`[${deep.replace('[', '').replace(']', '')}]`)]), [1, 1]);
});

const field = (text: string) => (/[",\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test('examples/data as a table and as text, in each encoding and packing', () => {
  const text = readFileSync(root('examples/data/everyday.json'), 'utf8');
  const rows = JSON.parse(text) as Record<string, string>[];
  const columns = ['instruction', 'input', 'output'];
  for (const [mark, end] of [
    [',', '.csv'],
    ['\t', '.tsv.gz'],
  ] as const) {
    const records = [columns, ...rows.map((row) => columns.map((name) => field(row[name] ?? '')))];
    const whole = records.map((record) => record.join(mark)).join('\n');
    // A quoted line break is a part of its field: as \r\n it is another text, on both sides.
    assert.equal(alike(ways(whole), end), Array(10).fill(366));
    const path = join(folder, `0${end}`);
    assert.equal(
      readDataFile(path).rows.values,
      rows.map((row) => Object.fromEntries(columns.map((n) => [n, row[n]]))),
    );
  }
  // UTF-16 without a mark is told by the ASCII that it begins with.
  const outputs = ['Answers', ...rows.map(({ output }) => output)].join('\n\n');
  const lines = outputs.split('\n').filter((line) => line !== '').length;
  assert.equal(alike(ways(outputs), '.txt'), Array(10).fill(lines));
});

test('any table: the same rows, or the same mistake', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    ',',
    ',',
    '"',
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '""',
    'é',
    '\\',
    '=1+1',
    '\u2028',
    '',
  );
  const texts = fc
    .sample(fc.array(part, { minLength: 1, maxLength: 14 }), 3000)
    .map((parts) => `h,i\n${parts.join('')}`);
  const counted = alike(
    texts.map((text) => Buffer.from(text)),
    '.csv',
  );
  assert.ok(counted.filter((rows) => rows > 0).length > 30);
});

test('any rows, in any layout', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('\u2028', '\u0085', '\\"', '\u0000', '\ud83d\ude42'),
  );
  const row = fc.dictionary(fc.string(), value, { maxKeys: 4, noNullPrototype: true });
  const samples = fc.sample(
    fc.tuple(fc.array(row, { minLength: 1, maxLength: 5 }), fc.constantFrom('array', 'lines')),
    200,
  );
  const texts = samples.map(([rows, layout]) =>
    layout === 'array' ? JSON.stringify(rows, null, 1) : rows.map((one) => JSON.stringify(one)).join('\r\n \t\n'),
  );
  assert.equal(
    alike(texts.map((text) => Buffer.from(text))),
    samples.map(([rows]) => rows.length),
  );
});

test.run();
