/** Rows one after another, of pieces cut anywhere, are the rows of the whole. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BrokenData } from '../../lib/data/broken.ts';
import { readDataFile } from '../../lib/data/file.ts';
import { openRows } from '../../lib/data/open.ts';
import { encode, everyday } from '../support/japanese.ts';

const test = suite('rows one after another');
const folder = mkdtempSync(join(tmpdir(), 'sft-open-'));
test.after(() => rmSync(folder, { recursive: true }));

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

function whole(path: string) {
  try {
    const { rows } = readDataFile(path);
    const repeated = (row: number) => rows.repeated.filter((one) => one.row === row).map(({ key }) => key);
    return rows.values.map((value, row) => ({ value, line: rows.lines[row], repeated: repeated(row) }));
  } catch (caught) {
    if (!(caught instanceof BrokenData)) throw caught;
    return [caught.id, caught.message, caught.line];
  }
}

async function cut(path: string, pieceSize: number) {
  try {
    const rows = await all(openRows(path, { pieceSize }));
    assert.equal(
      rows.map(({ number }) => number),
      rows.map((_, index) => index + 1),
    );
    return rows.map(({ value, line, repeated = [] }) => ({ value, line, repeated }));
  } catch (caught) {
    if (!(caught instanceof BrokenData)) throw caught;
    return [caught.id, caught.message, caught.line];
  }
}

const words = [
  '{"a": "x"}',
  '{"a":1,"a":2}',
  '[',
  ']',
  ',',
  '\n',
  '\r\n',
  '"',
  '\\',
  '\\"',
  'a',
  'é',
  '日',
  '\ufeff',
  '\0',
  ' ',
];
const more = [
  '{',
  '}',
  'null',
  '\t',
  '""',
  '\r',
  '[[',
  '{"b":["c,]"]}',
  '=1',
  '😀',
  '[{"a":"b"},\n{"c":"d\\n"}]',
  '[1,\n',
];
const text = fc.array(fc.constantFrom(...words, ...more), { maxLength: 12 }).map((parts) => parts.join(''));

function packed(bytes: Buffer, how: string): Buffer {
  const half = bytes.length >> 1;
  const parts = [bytes.subarray(0, half), bytes.subarray(half)];
  if (how.startsWith('gz')) return Buffer.concat(parts.map((part) => gzipSync(part)));
  return how.startsWith('zst') ? Buffer.concat(parts.map((part) => zstdCompressSync(part))) : bytes;
}

function damaged(bytes: Buffer, how: string): Buffer {
  if (how.endsWith('-cut')) return bytes.subarray(0, -3);
  return how.endsWith('-more') ? Buffer.concat([bytes, Buffer.from('more')]) : bytes;
}

const end = fc.constantFrom('.json', '.csv', '.tsv', '.txt');
const encoding = fc.constantFrom('utf8', 'utf8', 'utf16le', 'latin1') as fc.Arbitrary<BufferEncoding>;
const packing = fc.constantFrom('', '', '', 'gz', 'zst', 'gz-cut', 'zst-cut', 'gz-more', 'zst-more');

test('any text, in any encoding and packing, cut anywhere: the same rows, or the same mistake', async () => {
  const property = fc.asyncProperty(text, end, encoding, packing, fc.integer({ min: 1, max: 40 }), async (...given) => {
    const [content, ending, written, how, pieceSize] = given;
    const path = join(folder, `any${ending}`);
    writeFileSync(path, damaged(packed(Buffer.from(content, written), how), how));
    assert.equal(await cut(path, pieceSize), whole(path));
  });
  await fc.assert(property, { numRuns: 700 });
});

test('files of rows: arrays, lines and tables, with long rows, in small pieces', async () => {
  const rows = Array.from({ length: 40 }, (_, row) => ({
    text: `${row} "quoted", ${'é\n'.repeat(row * 9)}`,
    n: [row, { a: [] }],
  }));
  const field = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const files: Readonly<Record<string, string>> = {
    'array.json': JSON.stringify(rows, null, 1),
    'lines.jsonl': rows.map((row) => JSON.stringify(row)).join('\n\n'),
    'table.csv': ['text,n', ...rows.map((row) => `${field(row.text)},${row.n[0]}`)].join('\r\n'),
    'ragged.csv': ['text,n', ...rows.map((row) => (row.n[0] === 7 ? 'one' : `${field(row.text)},2`)), 'x'].join('\n'),
  };
  for (const [name, content] of Object.entries(files))
    for (const pieceSize of [7, 64, 4096]) {
      const path = join(folder, name);
      writeFileSync(path, content);
      assert.equal(await cut(path, pieceSize), whole(path), `${name} ${pieceSize}`);
    }
});

test('Japanese that begins late, and is told by the whole file', async () => {
  const ascii = '{"text": "only ASCII"}\n'.repeat(20);
  for (const name of ['shift_jis', 'euc-jp'] as const) {
    const path = join(folder, `${name}.jsonl`);
    writeFileSync(path, encode(ascii + everyday().join('\n'), name));
    const said = await cut(path, 50);
    assert.equal(said, whole(path));
    assert.is(said.length, 20 + everyday().length);
  }
});

test('lines that are no rows are told and passed over, where somebody asks', async () => {
  const broken: BrokenData[] = [];
  const options = { pieceSize: 8, onBroken: (one: BrokenData) => void broken.push(one) };
  writeFileSync(join(folder, 'rows.jsonl'), '{"a": 1}\n{"a": \n\n{"a": 2}\nno\n');
  const rows = await all(openRows(join(folder, 'rows.jsonl'), options));
  assert.equal(
    rows.map(({ number, line }) => [number, line]),
    [
      [1, 1],
      [2, 4],
    ],
  );
  writeFileSync(join(folder, 'rows.csv'), 'a,b\n1,2\n3\n4,5\n');
  assert.is((await all(openRows(join(folder, 'rows.csv'), options))).length, 2);
  assert.equal(
    broken.map(({ id, line }) => [id, line]),
    [
      ['data/not-json', 2],
      ['data/not-json', 5],
      ['data/ragged', 3],
    ],
  );
});

test('progress is told in bytes of the file, up to all of them', async () => {
  const path = join(folder, 'progress.jsonl');
  writeFileSync(path, gzipSync('{"a": 1}\n'.repeat(5000)));
  const told: (readonly [number, number])[] = [];
  await all(openRows(path, { pieceSize: 16, onProgress: (bytes, of) => void told.push([bytes, of]) }));
  assert.ok(told.length > 1);
  assert.ok(told.every(([bytes], index) => index === 0 || bytes >= (told[index - 1]?.[0] ?? 0)));
  assert.is(told.at(-1)?.[0], told.at(-1)?.[1]);
});

test.run();
