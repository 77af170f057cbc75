/** Rows of an Arrow file, in either of its forms (stream, file), a record batch after another. */
import { zstdDecompressSync } from 'node:zlib';
import { CompressionType, setCompressionCodec, tableFromIPC } from '@uwdata/flechette';
import { valuesOf } from './arrow-values.ts';
import { lz4Frame } from './lz4.ts';
import { checkNames, checkUnpacked, mostValues, type Outside, type Ranges, rowOf } from './outside.ts';

/** Arrow writes the size of what was packed before it. */
function unpack(decode: (bytes: Uint8Array, length: number) => Uint8Array) {
  return (bytes: Uint8Array): Uint8Array => {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset - 8, 8).getBigInt64(0, true));
    if (length < 0) throw new Error(`a part says that it has ${length} bytes`);
    checkUnpacked(length, bytes.length);
    return decode(bytes, length);
  };
}

const encode = () => {
  throw new Error('nothing is written');
};
setCompressionCodec(CompressionType.LZ4_FRAME, { encode, decode: unpack(lz4Frame) });
setCompressionCodec(CompressionType.ZSTD, {
  encode,
  decode: unpack((bytes, maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength })),
});

/** The end of a stream, and of a file: what is cut short has neither. */
const endOfStream = Buffer.from('ffffffff00000000', 'hex');
const magic = Buffer.from('ARROW1');

function check(bytes: Buffer, outside: Outside): void {
  const isFile = bytes.subarray(0, 6).equals(magic);
  if (!isFile && bytes.readUInt32LE(0) !== 0xffffffff) throw outside.broken('data/not-arrow', 'is no Arrow file');
  const end = isFile ? magic : endOfStream;
  if (!bytes.subarray(-end.length).equals(end)) throw outside.broken('data/not-arrow', 'is Arrow, and is cut short');
}

/** Throws what `outside.broken` makes, and other errors for a file that is damaged. */
export function* arrowGroups(file: Ranges, outside: Outside): Generator<Record<string, unknown>[]> {
  const bytes = Buffer.from(file.read(0, file.size));
  if (bytes.length < 8) throw outside.broken('data/not-arrow', 'is no Arrow file');
  check(bytes, outside);
  const table = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true });
  const names = table.names.map(String);
  checkNames(names, outside);
  const values = table.numRows * Math.max(names.length, 1);
  outside.onValues?.(values);
  if (values > mostValues)
    throw outside.broken('data/too-large', `has ${values} values; one file may have ${mostValues}`);
  const parts = table.children[0]?.data.length ?? 0;
  for (let part = 0; part < parts; part += 1) {
    const columns = table.children.map((column) => column.data[part]);
    const rows = columns[0]?.length ?? 0;
    if (columns.some((column) => column?.length !== rows)) throw new Error('its columns differ in length');
    const at = columns.map((column) => valuesOf(column as NonNullable<typeof column>, outside));
    yield Array.from({ length: rows }, (_, row) => rowOf(names, (column) => at[column]?.(row)));
  }
}
