/** Files that are read in pieces, in a process of their own, and what is kept of them: the same facts as of the whole. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type InspectOptions, inspectFiles } from '../../lib/data/inspect.ts';
import { inspectPieces } from '../../lib/data/inspect-pieces.ts';
import type { AskedShape } from '../../lib/data/mapped.ts';
import { encode, everyday } from '../support/japanese.ts';

const test = suite('files in pieces');
let folder = '';
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-inspect-'));
});
test.after.each(() => rmSync(folder, { recursive: true }));

const where = { construct: 'stack/rows' };
const inPieces = (paths: readonly string[], shape: AskedShape) =>
  inspectPieces({ project: folder, paths, shape, where });

const part = fc.constantFrom(
  ...['{"text": "x"}', '{"text":1,"text":2}', '{"prompt": "a", "completion": "b"}', '[', ']', ',', '\n', '\r\n', '"'],
  ...['text', 'é', '日', '\ufeff', '\0', ' ', '{', '}', 'null', '\t', '""', '[{"text":"b"},\n{"c":"d"}]', '7\n'],
);
const text = fc.array(part, { maxLength: 10 }).map((parts) => parts.join(''));
const file = fc.record({
  text,
  end: fc.constantFrom('.json', '.csv', '.tsv', '.txt', '.parquet', '.arrow', ''),
  written: fc.constantFrom('utf8', 'utf8', 'utf16le', 'latin1') as fc.Arbitrary<BufferEncoding>,
  packed: fc.constantFrom<(bytes: Buffer) => Buffer>(
    (bytes) => bytes,
    (bytes) => gzipSync(bytes),
    (bytes) => zstdCompressSync(bytes),
    (bytes) => gzipSync(bytes).subarray(0, -3),
  ),
});
const shape = fc.constantFrom<AskedShape>(
  {},
  { format: 'text' },
  { format: 'text', columns: { text: 'c' } },
  { format: 'text', fix: { drop: ['unusable', 'empty-answer'], dedupe: 'rows' } },
  { format: 'text', held: { share: 0.5, seed: 1 } },
  { format: 'text', fix: { drop: ['unusable'] }, held: { share: 0.5, seed: 2, samples: { share: 0.5 } } },
  { format: 'alpaca', columns: { input: 'text' } },
);

test('any files, read whole and in pieces: the same facts, rows, shape and findings', async () => {
  const files = fc.array(file, { minLength: 1, maxLength: 3 });
  const property = fc.asyncProperty(files, shape, async (given, asked) => {
    const paths = given.map(({ end }, index) => `${index}${end}`);
    for (const [index, one] of given.entries())
      writeFileSync(join(folder, paths[index] as string), one.packed(Buffer.from(one.text, one.written)));
    assert.equal(await inPieces(paths, asked), inspectFiles(folder, paths, asked, where));
  });
  await fc.assert(property, { numRuns: 400 });
});

test('Japanese, and files of real rows and of columns', async () => {
  for (const name of ['shift_jis', 'euc-jp'] as const)
    writeFileSync(join(folder, `${name}.jsonl`), encode(everyday().join('\n'), name));
  const examples = join(import.meta.dirname, '..', '..', 'examples', 'data');
  const named = readdirSync(examples).map((name) => join(examples, name));
  for (const path of [...named, join(folder, 'shift_jis.jsonl'), join(folder, 'euc-jp.jsonl')])
    assert.equal(await inPieces([path], {}), inspectFiles(folder, [path], {}, where), path);
});

const apart: InspectOptions = { apartFrom: { text: 100, unfolding: 100 } };
const rows = Array.from({ length: 40 }, (_, row) => (row === 7 ? '{"text": 7}' : `{"text": "row ${row}"}`)).join('\n');

test('a large file is read in a process of its own, and says what the whole says', () => {
  writeFileSync(join(folder, 'rows.jsonl'), rows);
  writeFileSync(join(folder, 'rows.json.gz'), gzipSync(`[${rows.replaceAll('\n', ',\n')}]`));
  writeFileSync(join(folder, 'broken.jsonl'), `${rows}\n{`);
  for (const paths of [['rows.jsonl', 'rows.json.gz'], ['broken.jsonl'], ['rows.jsonl', 'nothing.jsonl']]) {
    const found = inspectFiles(folder, paths, {}, where, apart);
    assert.equal(found, inspectFiles(folder, paths, {}, where));
    assert.ok(found.findings.length > 0);
  }
});

test('rows that are held out by what they say are counted alike, and are another question to what is kept', () => {
  const good = rows.replace('7}', '"seven"}');
  writeFileSync(join(folder, 'rows.jsonl'), good);
  const asked = (held: AskedShape['held'], options: InspectOptions) =>
    inspectFiles(folder, ['rows.jsonl'], { format: 'text', held }, where, options).held;
  const all = [
    { share: 0.2, seed: 1 },
    { share: 0.2, seed: 1, samples: 20 },
    { share: 0.2, seed: 2 },
    { share: 0.9, seed: 2 },
  ];
  const counts = all.map((held) => asked(held, {}));
  assert.equal(counts, [4, 1, 3, 36]);
  for (const options of [apart, { known: known(), knownFrom: 100 }, { known: known(), knownFrom: 100 }])
    assert.equal(
      all.map((held) => asked(held, options)),
      counts,
    );
  assert.is(asked(undefined, {}), undefined);
});

/** Some seconds behind the last change. */
const later = () => Date.now() + 10_000;
const known = () => ({ path: join(folder, '.sft', 'files.json'), version: '1', now: later });
const kept = (options: InspectOptions = {}) =>
  inspectFiles(folder, ['rows.jsonl'], { format: 'text' }, where, { known: known(), knownFrom: 100, ...options });

test('what was found of a large file is kept until it changes', () => {
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, rows);
  const first = kept();
  assert.is(first.findings[0]?.where.path, 'rows.jsonl:8');
  // As a later command finds it: what is kept counts, and not what stands in the file.
  const tampered = readFileSync(known().path, 'utf8').replaceAll('"rows":40', '"rows":4000');
  writeFileSync(known().path, tampered);
  assert.equal(kept(), { ...first, rows: 4000 });
  const moved = inspectFiles(
    folder,
    ['rows.jsonl'],
    { format: 'text' },
    { construct: 'other' },
    {
      ...{ known: known(), knownFrom: 100 },
    },
  );
  assert.is(moved.rows, 4000);
  assert.is(moved.findings[0]?.where.construct, 'other');
  // Another question, another version of ours, a small file, other bytes.
  assert.is(inspectFiles(folder, ['rows.jsonl'], {}, where, { known: known(), knownFrom: 100 }).rows, 40);
  assert.is(kept({ known: { ...known(), version: '2' } }).rows, 40);
  assert.is(kept({ knownFrom: 10_000 }).rows, 40);
  writeFileSync(path, `${rows}\n{"text": "one more"}`);
  assert.is(kept().rows, 41);
});

test('nothing is kept of a file that was just written, and what is kept wrongly is no matter', () => {
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, rows);
  for (const now of [Date.now, () => statSync(path).ctimeMs + 1990, () => Date.now() - 60_000]) {
    kept({ known: { ...known(), now } });
    assert.not(existsSync(known().path));
  }
  mkdirSync(join(folder, '.sft'));
  for (const wrong of ['{', '[]', '{"format":2,"files":{"a":{"mark":"b","value":{"files":7}}}}']) {
    writeFileSync(known().path, wrong);
    assert.is(kept().rows, 40);
  }
  assert.equal(readdirSync(join(folder, '.sft')), ['files.json']);
});

test.run();
