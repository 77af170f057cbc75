/** The pages of a column of a Parquet file. hyparquet decodes each; Node unpacks them. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert } from 'hyparquet/src/convert.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { getMaxDefinitionLevel, isFlatColumn } from 'hyparquet/src/schema.js';
import type { ColumnDecoder, Compressors, DataReader, DecodedArray, PageHeader } from 'hyparquet/src/types.js';
import { lz4Block, lz4Hadoop } from './lz4.ts';
import { checkUnpacked } from './outside.ts';

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** A page without values says that it has no bytes. */
const unpack = (by: Unpack) => (bytes: Uint8Array, length: number) =>
  length === 0 ? new Uint8Array() : by(bytes, { maxOutputLength: length });

export const compressors: Compressors = {
  GZIP: unpack(gunzipSync),
  BROTLI: unpack(brotliDecompressSync),
  ZSTD: unpack(zstdDecompressSync),
  LZ4: lz4Hadoop,
  LZ4_RAW: lz4Block,
};

/** In lists of lists writers differ in what num_nulls counts: the levels say how many values there are. */
function countNulls({ view, offset }: DataReader, header: PageHeader, { schemaPath }: ColumnDecoder): void {
  const page = header.data_page_header_v2;
  const most = getMaxDefinitionLevel(schemaPath);
  if (!page || most === 0) return;
  const from = view.byteOffset + offset + page.repetition_levels_byte_length;
  const levels = new DataView(view.buffer, from, page.definition_levels_byte_length);
  const found = new Array<number>(page.num_values);
  readRleBitPackedHybrid({ view: levels, offset: 0 }, 32 - Math.clz32(most), found, levels.byteLength);
  page.num_nulls = page.num_values - found.filter((level) => level === most).length;
}

/** `left`: bytes of the column behind it; `all`: values that the column says it has. */
function checkHeader(header: PageHeader, left: number, all: number): void {
  const { compressed_page_size: size, data_page_header: one, data_page_header_v2: two } = header;
  if (!(size >= 0 && size <= left)) throw new Error('a page is longer than its column');
  checkUnpacked(header.uncompressed_page_size, size);
  const count = one?.num_values ?? two?.num_values ?? header.dictionary_page_header?.num_values ?? 0;
  if (!(count >= 0 && count <= all)) throw new Error(`a page says that it has ${count} values, its column ${all}`);
}

/** All values of a column, of which `rows` are the rows; it says that it has `all`. */
export function valuesOf(bytes: Uint8Array, decoder: ColumnDecoder, rows: number, all: number): unknown[] {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const isFlat = isFlatColumn(decoder.schemaPath);
  const parts: DecodedArray[] = [];
  let dictionary: DecodedArray | undefined;
  for (let count = 0; reader.offset < bytes.length - 1 && !(isFlat && count >= rows); ) {
    const header = parquetHeader(reader);
    checkHeader(header, bytes.length - reader.offset, all);
    countNulls(reader, header, decoder);
    const last = parts.at(-1);
    const { data } = readPage(reader, header, decoder, dictionary, last, 0);
    if (header.type === 'DICTIONARY_PAGE') dictionary = data && convert(data, decoder);
    // A row of a list may go on from one page to the next: then it is the same array.
    else if (data && data !== last && data.length > 0) {
      parts.push(data);
      count += data.length;
    }
  }
  return parts.flatMap((part) => Array.from(part as ArrayLike<unknown>));
}
