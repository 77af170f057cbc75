/** Parts of Parquet and Arrow that say that they are huge: nothing of the size is made before it is known to be there. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkUnpacked } from '../../lib/data/columnar/outside.ts';
import { valuesOf } from '../../lib/data/columnar/parquet-pages.ts';

const test = suite('what columns claim');

function varint(value: number): number[] {
  let rest = value * 2;
  const bytes: number[] = [];
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** A header of a page of data, as Thrift's compact protocol has it. */
function page(unpacked: number, packed: number, values: number): Uint8Array {
  const fields = [0x15, ...varint(0), 0x15, ...varint(unpacked), 0x15, ...varint(packed)];
  const data = [0x2c, 0x15, ...varint(values), 0x15, ...varint(0), 0x15, ...varint(3), 0x15, ...varint(3), 0x00];
  return Uint8Array.from([...fields, ...data, 0x00, ...new Array<number>(packed).fill(0)]);
}

const element = { type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', name: 'text' } as const;
const root = { element: { name: 'root' }, path: [], count: 2 };
const decoder = {
  pathInSchema: ['text'],
  element,
  schemaPath: [root, { element, path: ['text'], count: 1, children: [] }],
  type: 'BYTE_ARRAY',
  codec: 'SNAPPY',
} as unknown as Parameters<typeof valuesOf>[1];

const refused = (bytes: Uint8Array, rows: number) => {
  const before = process.memoryUsage();
  const held = ({ arrayBuffers, heapTotal }: NodeJS.MemoryUsage) => arrayBuffers + heapTotal;
  try {
    valuesOf(bytes, decoder, rows, rows);
  } catch (caught) {
    assert.ok(held(process.memoryUsage()) - held(before) < 32 * 2 ** 20, 'it made what was claimed');
    return String(caught);
  }
  throw new Error('it was taken');
};

test('a page that unpacks to gigabytes, has more values than its column, or is longer than it', () => {
  assert.match(refused(page(2 ** 31 - 1, 20, 3), 3), /a part of 20 bytes says that it unpacks to 2147483647/);
  assert.match(refused(page(100, 20, 2 ** 28), 3), /says that it has 268435456 values, its column 3/);
  assert.match(refused(page(100, 20, 3).subarray(0, -10), 3), /is longer than its column/);
});

test('what writers pack is taken: 64 MiB of anything, or a hundred times as much', () => {
  checkUnpacked(64 * 2 ** 20, 100);
  checkUnpacked(100 * 2 ** 20, 2 ** 20);
  assert.throws(() => checkUnpacked(101 * 2 ** 20, 2 ** 20), /unpacks to/);
});

test.run();
