/** What a plan says of data files: the hash of each, how it is written, its rows, and those that cannot be learnt from. */
import { basename, resolve } from 'node:path';
import { type Sha, sha256 } from '../base/hash.ts';
import type { Finding, Where } from '../finding.ts';
import type { FileEncoding, FileType } from '../settings/formats.ts';
import { BrokenData } from './broken.ts';
import { loadFile, unpacked } from './bytes.ts';
import { type ColumnarType, columnarRows, columnarType, isColumnar } from './columnar.ts';
import { decode } from './encoding.ts';
import { faultFindings } from './faults.ts';
import { type AskedShape, type Mapped, mappedColumns, shapeOf } from './mapped.ts';
import { namedFiles, nearestPath, shownPath } from './paths.ts';
import { type Rows, readRows } from './rows.ts';
import type { RowShape } from './shapes.ts';
import { readLines, readTable } from './tables.ts';

export interface FileFacts {
  readonly name: string;
  readonly sha256: Sha;
  readonly bytes: number;
  /** Absent for JSON. */
  readonly type?: FileType;
  /** Absent for UTF-8. */
  readonly encoding?: FileEncoding;
}

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

function columns(bytes: Buffer, type: ColumnarType): Content {
  const file = { size: bytes.length, read: (from: number, to: number) => bytes.subarray(from, to) };
  return { rows: { values: [...columnarRows(type, file)].flat(), lines: [], repeated: [] } };
}

function lettered(bytes: Buffer, type: Exclude<FileType, ColumnarType> | undefined): Content {
  const { text, encoding } = decode(bytes);
  return { rows: rowsOf(text, type), ...(encoding ? { encoding } : {}) };
}

/** Reads one file whole. `path` is absolute. Throws BrokenData. */
export function readDataFile(path: string): Read {
  const bytes = loadFile(path);
  const content = unpacked(bytes);
  if (content.length === 0) throw new BrokenData('data/empty', 'is empty', 'Write rows into it.');
  const named = typeOf(basename(path));
  const type = named ?? columnarType(content);
  const { rows, encoding } = isColumnar(type) ? columns(content, type) : lettered(content, type);
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

export interface Inspected {
  readonly files: readonly FileFacts[];
  /** Of `files`, as they were written or matched. */
  readonly paths: readonly string[];
  readonly rows: number;
  /** As it was asked for, or as the first row has it. */
  readonly shape: RowShape;
  readonly findings: readonly Finding[];
}

interface ReadFile {
  readonly path: string;
  readonly facts: FileFacts;
  readonly rows: number;
}

/**
 * Reads files of rows whole, and checks the columns that the format needs. `project` is the folder that
 * paths are relative to. A file that cannot be read is no part of `files`. Findings carry the file's line.
 */
export function inspectFiles(project: string, written: readonly string[], asked: AskedShape, where: Where): Inspected {
  const named = namedFiles(project, written, where);
  const findings = [...named.findings];
  const read: ReadFile[] = [];
  let mapped: Mapped | undefined;
  for (const path of named.paths) {
    try {
      const { facts, rows } = readDataFile(resolve(project, path));
      mapped ??= mappedColumns(shapeOf(rows.values[0], asked));
      mapped.see(rows.values);
      findings.push(...faultFindings(rows, mapped.shape, where, shownPath(path)));
      read.push({ path, facts, rows: rows.values.length });
    } catch (caught) {
      if (!(caught instanceof BrokenData)) throw caught;
      findings.push(brokenFinding(caught, project, path, where));
    }
  }
  if (mapped && read.length === named.paths.length) findings.push(...mapped.findings(where));
  return {
    files: read.map(({ facts }) => facts),
    paths: read.map(({ path }) => path),
    rows: read.reduce((sum, { rows }) => sum + rows, 0),
    shape: mapped?.shape ?? shapeOf(undefined, asked),
    findings,
  };
}
