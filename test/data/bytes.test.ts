/** Compressed files, and those that only pretend to be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mostExpanded } from '../../lib/data/broken.ts';
import { unpacked } from '../../lib/data/bytes.ts';
import { inspectFiles } from '../../lib/data/inspect.ts';

const test = suite('compressed data files');
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-data-'));
});
test.after(() => rmSync(folder, { recursive: true }));

function told(content: Uint8Array) {
  writeFileSync(join(folder, 'rows.bin'), content);
  const { rows, findings } = inspectFiles(folder, ['rows.bin'], { format: 'text' }, {});
  return findings.length === 0 ? rows : findings.map(({ id, message }) => `${id}: ${message}`).join('\n');
}

const packers = { gzip: gzipSync, Zstandard: zstdCompressSync } as const;
const rows = Buffer.from('{"text": "a"}\n{"text": "日本"}\n');

for (const [name, pack] of Object.entries(packers)) {
  test(`${name}: told by its bytes, one part or several`, () => {
    assert.is(told(pack(rows)), 2);
    assert.is(told(Buffer.concat([pack(rows), pack(rows)])), 4);
    assert.equal(unpacked(pack(rows)), rows);
    assert.is(told(pack(Buffer.from('\ufeff[{"text": "a"}]', 'utf16le'))), 1);
  });

  test(`${name}: cut anywhere, or with more behind it, is a finding`, () => {
    const whole = pack(Buffer.concat(Array.from({ length: 200 }, (_, i) => Buffer.from(`{"text": "${i * 7919}"}\n`))));
    for (const length of [12, 40, whole.length >> 1, whole.length - 1])
      assert.match(String(told(whole.subarray(0, length))), /^data\/compressed: .* cut short/, `${length}`);
    const more = String(told(Buffer.concat([whole, Buffer.from('and more')])));
    assert.match(more, new RegExp(`^data/compressed: The data file rows.bin is ${name}, and is damaged`));
  });

  test(`${name}: a bomb is stopped at its bound`, () => {
    const bomb = pack(Buffer.alloc(80 * 1024 ** 2, 0x20));
    assert.ok(bomb.length < 200_000);
    assert.match(String(told(bomb)), /^data\/too-large: .* grows from \d+ bytes to more than 67108864/);
  });

  test(`${name}: nothing in it is an empty file`, () => {
    assert.match(String(told(pack(Buffer.alloc(0)))), /^data\/empty: .* is empty/);
  });
}

test('text may shrink to a hundredth, whatever its size', () => {
  assert.is(mostExpanded(1), 64 * 1024 ** 2);
  assert.is(mostExpanded(1024 ** 2), 100 * 1024 ** 2);
  assert.ok(mostExpanded(1e9) < 2 ** 29);
});

test.run();
