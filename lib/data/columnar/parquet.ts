/** Rows of a Parquet file, a row group after another. */
import { assembleNested } from 'hyparquet/src/assemble.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { parquetMetadata, parquetSchema } from 'hyparquet/src/metadata.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import type { ColumnChunk, FileMetaData, RowGroup, SchemaTree } from 'hyparquet/src/types.js';
import { checkNames, mostValues, type Outside, type Ranges, rowOf, textOf } from './outside.ts';
import { compressors, valuesOf } from './parquet-pages.ts';
import { type Convert, converter } from './parquet-types.ts';

const ends = (file: Ranges, mark: string) =>
  file.size >= 12 &&
  Buffer.from(file.read(0, 4)).toString('latin1') === 'PAR1' &&
  Buffer.from(file.read(file.size - 4, file.size)).toString('latin1') === mark;

function metadataOf(file: Ranges, outside: Outside): FileMetaData {
  if (ends(file, 'PARE')) throw outside.broken('data/not-parquet', 'is an encrypted Parquet file');
  if (!ends(file, 'PAR1')) throw outside.broken('data/not-parquet', 'is no Parquet file, or is cut short');
  const tail = file.read(file.size - 8, file.size);
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (length > file.size - 12) throw new Error('its footer is longer than the file');
  return parquetMetadata(file.read(file.size - 8 - length, file.size), { geoparquet: false });
}

function checkSize({ row_groups }: FileMetaData, outside: Outside): void {
  let values = 0;
  for (const { columns, num_rows } of row_groups) {
    values += Number(num_rows);
    for (const { meta_data } of columns) values += Number(meta_data?.num_values ?? 0);
  }
  outside.onValues?.(values);
  if (values <= mostValues) return;
  throw outside.broken('data/too-large', `has ${values} values; one file may have ${mostValues}`);
}

interface Column {
  readonly tree: SchemaTree;
  readonly convert: Convert;
}

/** The values of one leaf, in all its pages. */
function leaf(file: Ranges, chunk: ColumnChunk, rows: number, root: SchemaTree, outside: Outside): unknown[] {
  const meta = chunk.meta_data;
  if (meta === undefined || chunk.file_path !== undefined) throw new Error('a column is in another file');
  const from = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const bytes = file.read(from, from + Number(meta.total_compressed_size));
  const schemaPath = getTreePath(root, meta.path_in_schema);
  const { element } = schemaPath.at(-1) as SchemaTree;
  const stringFromBytes = (value: Uint8Array) => value && textOf(value, outside);
  const parsers = { ...DEFAULT_PARSERS, stringFromBytes: stringFromBytes as typeof DEFAULT_PARSERS.stringFromBytes };
  const { path_in_schema: pathInSchema, type, codec } = meta;
  const decoder = { pathInSchema, element, schemaPath, type, codec, compressors, parsers, utf8: false };
  return valuesOf(bytes, decoder, rows, Number(meta.num_values));
}

/** The values of one column of the table, assembled from its leaves. */
function columnOf(leaves: ReadonlyMap<string, unknown[]>, { tree, convert }: Column, rows: number): unknown[] {
  const name = tree.path.join('.');
  const own = new Map([...leaves].filter(([path]) => path === name || path.startsWith(`${name}.`)));
  if (tree.children.length > 0) assembleNested(own, tree, DEFAULT_PARSERS);
  const values = own.get(name) ?? [];
  if (values.length !== rows) throw new Error(`column ${name} has ${values.length} of ${rows} rows`);
  return values.map(convert);
}

function group(
  file: Ranges,
  { columns, num_rows }: RowGroup,
  root: SchemaTree,
  table: readonly Column[],
  out: Outside,
) {
  const rows = Number(num_rows);
  const leaves = new Map(
    columns.map((chunk) => [chunk.meta_data?.path_in_schema.join('.') ?? '', leaf(file, chunk, rows, root, out)]),
  );
  const names = table.map(({ tree }) => tree.element.name);
  const values = table.map((column) => columnOf(leaves, column, rows));
  return Array.from({ length: rows }, (_, row) => rowOf(names, (column) => values[column]?.[row]));
}

/** Throws what `outside.broken` makes, and other errors for a file that is damaged. */
export function* parquetGroups(file: Ranges, outside: Outside): Generator<Record<string, unknown>[]> {
  const metadata = metadataOf(file, outside);
  const root = parquetSchema(metadata);
  checkNames(
    root.children.map(({ element }) => element.name),
    outside,
  );
  checkSize(metadata, outside);
  const table = root.children.map((tree) => ({ tree, convert: converter(tree, outside) }));
  for (const one of metadata.row_groups) yield group(file, one, root, table, outside);
}
