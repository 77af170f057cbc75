/** Encodings are told apart by what is in the file, and what is none of them is never read as one. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BrokenData } from '../../lib/data/broken.ts';
import { decode } from '../../lib/data/encoding.ts';
import { encode, everyday } from '../support/japanese.ts';

const test = suite('encodings');

const refused = (bytes: Uint8Array) => {
  try {
    return decode(bytes).encoding ?? 'utf-8';
  } catch (caught) {
    return caught instanceof BrokenData ? caught.id : String(caught);
  }
};

test('each Japanese row of examples/data is told by itself, in both encodings', () => {
  const rows = everyday();
  assert.ok(rows.length > 100);
  for (const row of rows)
    for (const encoding of ['shift_jis', 'euc-jp'] as const)
      assert.equal(decode(encode(row, encoding)), { text: row, encoding }, row);
});

test('short texts', () => {
  for (const text of ['あ', 'はい', 'カナ', 'これは。', 'a,テスト\n', '{"text":"日本語の文"}', 'ｶﾅとかな'])
    for (const encoding of ['shift_jis', 'euc-jp'] as const)
      assert.equal(decode(encode(text, encoding)), { text, encoding }, text);
});

test('UTF-8 and UTF-16, with a mark and without', () => {
  const text = '[{"text": "日本 🙂"}]\r\n';
  assert.equal(decode(Buffer.from(text)), { text });
  assert.equal(decode(Buffer.from(`\ufeff${text}`)), { text });
  for (const mark of ['', '\ufeff']) {
    const little = Buffer.from(mark + text, 'utf16le');
    assert.equal(decode(little), { text, encoding: 'utf-16le' });
    assert.equal(decode(Buffer.from(little).swap16()), { text, encoding: 'utf-16be' });
  }
});

test('what is none of these is refused: Latin-1, GBK, EUC-KR, half a character, any bytes', () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  for (const text of ['{"text": "café"}', 'Ünïcödé', 'crème brûlée à la carte', '"naïve", "señor"', '¿Qué?', 'ÀÉÎÕÜ'])
    assert.is(refused(latin(text)), 'data/encoding', text);
  // 你好，世界 and 안녕하세요
  assert.is(refused(Buffer.from('c4e3bac3a3accac0bde7', 'hex')), 'data/encoding');
  assert.is(refused(Buffer.from('bec8b3e7c7cfbcbcbfe4', 'hex')), 'data/encoding');
  assert.is(refused(Buffer.from('fffe5b', 'hex')), 'data/encoding');
  assert.is(refused(Buffer.from([0x5b, 0xff, 0xfe, 0x5d])), 'data/encoding');
  assert.is(refused(readFileSync(process.execPath).subarray(0, 100_000)), 'data/encoding');
});

test('a NUL is told by its line', () => {
  try {
    decode(Buffer.from('{"a": 1}\n{"b": 2}\n\0\0\0\0'));
    assert.unreachable();
  } catch (caught) {
    assert.ok(caught instanceof BrokenData);
    assert.equal([caught.id, caught.line], ['data/nul', 3]);
  }
});

test.run();
