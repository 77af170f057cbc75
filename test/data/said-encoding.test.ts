/** Files whose encoding is said, since what is found by itself is wrong: read whole and in pieces, and told by a plan. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BrokenData } from '../../lib/data/broken.ts';
import { readDataFile } from '../../lib/data/file.ts';
import { openRows, type Writing } from '../../lib/data/open.ts';
import { Dataset } from '../../lib/index.ts';
import { diffSettings } from '../../lib/plan/diff.ts';
import type { WrittenEncoding } from '../../lib/settings/formats.ts';
import { encode } from '../support/japanese.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('an encoding that is said');
let folder = '';
const write = (name: string, content: Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-said-'));
});
test.after(() => rmSync(folder, { recursive: true }));

interface Said extends Writing {
  readonly values?: readonly unknown[];
  readonly broken?: string;
}

function whole(path: string, encoding: WrittenEncoding): Said {
  try {
    const { facts, rows } = readDataFile(path, { encoding });
    return { values: rows.values, ...(facts.encoding ? { encoding: facts.encoding } : {}) };
  } catch (caught) {
    if (!(caught instanceof BrokenData)) throw caught;
    return { broken: `${caught.id} ${caught.message}` };
  }
}

async function inPieces(path: string, encoding: WrittenEncoding, pieceSize: number): Promise<Said> {
  const values: unknown[] = [];
  let writing: Writing = {};
  try {
    const onWriting = (found: Writing) => {
      writing = found;
    };
    for await (const { value } of openRows(path, { encoding, pieceSize, onWriting })) values.push(value);
    return { values, ...writing };
  } catch (caught) {
    if (!(caught instanceof BrokenData)) throw caught;
    return { broken: `${caught.id} ${caught.message}` };
  }
}

/** Not a kana in it: by itself it is not taken for Japanese. */
const kanji = { prompt: '東京都千代田区', completion: '日本国憲法第九条' };
const lines = [kanji, { prompt: 'plain', completion: 'ascii' }, kanji].map((row) => JSON.stringify(row)).join('\n');

test('the same rows whole and in pieces, or the same mistake', async () => {
  const cases: readonly [Uint8Array, WrittenEncoding, string | undefined][] = [
    [encode(lines, 'shift_jis'), 'shift_jis', undefined],
    [encode(lines, 'euc-jp'), 'euc-jp', undefined],
    [Buffer.from(lines), 'utf-8', undefined],
    [Buffer.from(`\ufeff${lines}`), 'utf-8', undefined],
    [Buffer.from(lines, 'utf16le'), 'utf-16le', undefined],
    [Buffer.from(`\ufeff${lines}`, 'utf16le').swap16(), 'utf-16be', undefined],
    [encode(lines, 'shift_jis'), 'utf-8', 'data/encoding cannot be read as utf-8'],
    [encode(lines, 'shift_jis'), 'euc-jp', 'data/encoding cannot be read as euc-jp'],
    // Letters of three bytes, which the trainer does not read.
    [
      Buffer.from([...Buffer.from('{"a": "'), 0x8f, 0xb0, 0xa1, ...Buffer.from('"}')]),
      'euc-jp',
      'data/encoding cannot be read as euc-jp',
    ],
    [
      Buffer.from('{"a": "\u0001\ufffd"}'.replace('\ufffd', '')),
      'shift_jis',
      'data/encoding cannot be read as shift_jis',
    ],
  ];
  for (const [content, encoding, broken] of cases) {
    const path = write('rows.jsonl', content);
    const said = whole(path, encoding);
    assert.is(said.broken, broken);
    if (broken === undefined) {
      assert.equal(
        said.values,
        lines.split('\n').map((line) => JSON.parse(line) as unknown),
      );
      assert.is(said.encoding, encoding === 'utf-8' ? undefined : encoding);
    }
    for (const size of [1, 3, 64, 4096])
      assert.equal(await inPieces(path, encoding, size), said, `${encoding} by ${size}`);
  }
});

test('a type that has no letters of its own', async () => {
  const path = write('rows.parquet', Buffer.from('PAR1'));
  const broken = 'data/encoding is of type parquet, which has no encoding of its own';
  assert.equal(whole(path, 'shift_jis'), { broken });
  assert.equal(await inPieces(path, 'shift_jis', 64), { broken });
});

test('a plan: refused without it, another run with it, and the same one where it says what is found', () => {
  const path = write('kanji.jsonl', encode(lines, 'shift_jis'));
  const held = write('held.jsonl', encode(lines.replaceAll('plain', 'other'), 'shift_jis'));
  const kana = write('kana.jsonl', encode(JSON.stringify({ prompt: 'これは', completion: 'りんごです' }), 'shift_jis'));
  const collected = (file: string, props: Omit<Parameters<typeof Dataset.fromFile>[2], 'path'> = {}) =>
    oneRun(({ stack }) => ({ data: Dataset.fromFile(stack, 'own', { path: file, ...props }) }));
  assert.equal(
    collected(path).findings.map(({ id }) => id),
    ['data/encoding'],
  );
  const said = jobOf(collected(path, { encoding: 'shift_jis', evaluation: { path: held } }));
  const { files, evaluation } = said.settings.data as Record<string, unknown> & { files: { encoding?: string }[] };
  assert.equal(
    [files[0]?.encoding, (evaluation as { files: { encoding?: string }[] }).files[0]?.encoding],
    ['shift_jis', 'shift_jis'],
  );
  assert.equal([said.derived.rows, said.derived.evaluationRows], [3, 3]);
  const [found, written] = [jobOf(collected(kana)), jobOf(collected(kana, { encoding: 'shift_jis' }))];
  assert.is(found.identity, written.identity);
  assert.equal(
    diffSettings(found, written).map((one) => [one.path, one.class]),
    [['data.encoding', 'cosmetic']],
  );
  const wrong = collected(kana, { encoding: 'shift-jis' as 'shift_jis' }).findings[0];
  assert.match(`${wrong?.message} ${wrong?.fix}`, /encoding must be one of .* Did you mean "shift_jis"/);
});

test.run();
