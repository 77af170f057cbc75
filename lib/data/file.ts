/** A data file that is read whole: its rows, and what a plan says of it. */
import { basename } from 'node:path';
import { sha256 } from '../base/hash.ts';
import type { Finding, Where } from '../finding.ts';
import type { FileEncoding, FileType, WrittenEncoding } from '../settings/formats.ts';
import { BrokenData } from './broken.ts';
import { loadFile, unpacked } from './bytes.ts';
import { type ColumnarType, columnarRows, columnarType, isColumnar } from './columnar.ts';
import { decode, withoutEncoding } from './encoding.ts';
import type { FileFacts } from './inspection.ts';
import { nearestPath, shownPath } from './paths.ts';
import { type Rows, readRows } from './rows.ts';
import { readLines, readTable } from './tables.ts';

interface Read {
  readonly facts: FileFacts;
  readonly rows: Rows;
}

/** What a file is cannot be told from its bytes: a table may begin as JSON does. */
export function typeOf(name: string): FileType | undefined {
  const [, end] = /\.(csv|tsv|tab|txt|parquet|arrow|feather)(?:\.gz|\.zst)?$/i.exec(name) ?? [];
  switch (end?.toLowerCase()) {
    case 'csv':
      return 'csv';
    case 'tsv':
    case 'tab':
      return 'tsv';
    case 'txt':
      return 'text';
    case 'parquet':
      return 'parquet';
    case 'arrow':
    case 'feather':
      return 'arrow';
    default:
      return undefined;
  }
}

function rowsOf(text: string, type: Exclude<FileType, ColumnarType> | undefined): Rows {
  if (type === undefined) return readRows(text);
  return type === 'text' ? readLines(text) : readTable(text, type === 'csv' ? ',' : '\t');
}

interface Content {
  readonly rows: Rows;
  readonly encoding?: FileEncoding;
}

function columns(bytes: Buffer, type: ColumnarType, most?: number): Content {
  const file = { size: bytes.length, read: (from: number, to: number) => bytes.subarray(from, to) };
  return { rows: { values: [...columnarRows(type, file, most)].flat(), lines: [], repeated: [] } };
}

type LetteredType = Exclude<FileType, ColumnarType>;

function lettered(bytes: Buffer, type: LetteredType | undefined, said: WrittenEncoding | undefined): Content {
  const { text, encoding } = decode(bytes, said);
  return { rows: rowsOf(text, type), ...(encoding ? { encoding } : {}) };
}

export interface ReadOptions {
  /** Where it is not to be found. */
  readonly encoding?: WrittenEncoding | undefined;
  /** Values that may be made of columns. */
  readonly most?: number | undefined;
}

/** Reads one file whole. `path` is absolute. Throws BrokenData, Unfolds. */
export function readDataFile(path: string, { encoding: said, most }: ReadOptions = {}): Read {
  const bytes = loadFile(path);
  const content = unpacked(bytes);
  if (content.length === 0) throw new BrokenData('data/empty', 'is empty', 'Write rows into it.');
  const named = typeOf(basename(path));
  const type = named ?? columnarType(content);
  if (isColumnar(type) && said) throw withoutEncoding(type);
  const { rows, encoding } = isColumnar(type) ? columns(content, type, most) : lettered(content, type, said);
  if (rows.values.length === 0) throw new BrokenData('data/empty', 'has no rows', 'Write rows into it.');
  const facts = { name: basename(path), sha256: sha256(bytes), bytes: bytes.length };
  return { facts: { ...facts, ...(type ? { type } : {}), ...(encoding ? { encoding } : {}) }, rows };
}

/** What is told of a file that gives no rows. */
export function brokenFinding(broken: BrokenData, project: string, path: string, where: Where): Finding {
  const name = shownPath(path);
  const at = broken.line === undefined ? where : { ...where, path: `${name}:${broken.line}` };
  const guess = broken.message === 'does not exist' ? nearestPath(project, path) : undefined;
  const fix = guess === undefined ? broken.fix : `Did you mean "${shownPath(guess)}"? ${broken.fix}`;
  const message = `The data file ${name} ${broken.message}.`;
  return { id: broken.id, severity: 'error', where: at, message, fix };
}
