/** What a plan says of a data file: its hash, its rows, and the rows that cannot be learnt from. */
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Sha, sha256 } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import type { Finding, Where } from '../finding.ts';
import { type Format, formats } from '../settings/formats.ts';
import { BrokenData, type Rows, readRows } from './rows.ts';

export interface FileFacts {
  readonly name: string;
  readonly sha256: Sha;
  readonly bytes: number;
  readonly rows: number;
}

export interface Inspected {
  readonly facts?: FileFacts;
  readonly findings: readonly Finding[];
}

const error = (id: string, where: Where, message: string, fix: string, count?: number): Finding => ({
  id,
  severity: 'error',
  where,
  message,
  fix,
  ...(count === undefined ? {} : { count }),
});

const reasons: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENOTDIR: 'does not exist: a part of its path is a file',
  ENAMETOOLONG: 'has a name that is too long',
};

function load(file: string): Buffer {
  const stat = statSync(file);
  // Reading a FIFO would wait for ever, a folder has no bytes.
  if (!stat.isFile()) throw Object.assign(new Error(), { code: stat.isDirectory() ? 'EISDIR' : 'EOTHER' });
  return readFileSync(file);
}

function unreadable(caught: unknown): string {
  const code = (caught as { code?: string }).code ?? '';
  if (code === 'EISDIR') return 'is a folder, not a file';
  if (code === 'EOTHER') return 'is no regular file';
  return reasons[code] ?? `cannot be read (${code || String(caught)})`;
}

/** Column, what is wrong with it, and the rows where it is. */
interface Fault {
  readonly column: string;
  readonly kind: 'missing' | 'text' | 'row';
  readonly rows: number[];
}

function faultsOf(values: readonly unknown[], format: Format): Fault[] {
  const found = new Map<string, Fault>();
  const add = (kind: Fault['kind'], column: string, row: number) => {
    const key = `${kind} ${column}`;
    const fault = found.get(key) ?? { column, kind, rows: [] };
    fault.rows.push(row);
    found.set(key, fault);
  };
  const { required, optional } = formats[format];
  for (const [row, value] of values.entries()) {
    if (!isObject(value)) {
      add('row', '', row);
      continue;
    }
    for (const column of required) if (!(column in value)) add('missing', column, row);
    for (const column of [...required, ...optional])
      if (column in value && typeof value[column] !== 'string') add('text', column, row);
  }
  return [...found.values()];
}

function describe(fault: Fault, format: Format, where: Where, rows: Rows, path: string): Finding {
  const first = fault.rows.slice(0, 3);
  const places = rows.linesOf(first).map((line) => `${path}:${line}`);
  const more = fault.rows.length > first.length ? ` and ${fault.rows.length - first.length} more` : '';
  const at = { ...where, path: places.join(', ') + more };
  const n = fault.rows.length === 1 ? 'A row' : `${fault.rows.length} rows`;
  const verb = fault.rows.length === 1 ? 'has' : 'have';
  if (fault.kind === 'row')
    return error(
      'data/row',
      at,
      `${n} of ${path} ${fault.rows.length === 1 ? 'is' : 'are'} no object { ... }.`,
      'Make each row an object of columns.',
      fault.rows.length,
    );
  const needs = formats[format].required.join(', ');
  if (fault.kind === 'missing')
    return error(
      'data/missing-column',
      at,
      `${n} of ${path} ${verb} no column "${fault.column}".`,
      `The format ${format} needs ${needs}: add the column, or choose another format.`,
      fault.rows.length,
    );
  return error(
    'data/not-text',
    at,
    `${n} of ${path} ${verb} a "${fault.column}" that is no text.`,
    `Write "${fault.column}" as a string.`,
    fault.rows.length,
  );
}

/**
 * Reads a JSON array or JSON lines whole, and checks the columns that the format needs. `project` is the folder that
 * `path` is relative to. Findings carry the file's line.
 */
export function inspectFile(project: string, path: string, format: Format, where: Where): Inspected {
  let bytes: Buffer;
  try {
    bytes = load(resolve(project, path));
  } catch (caught) {
    const fix = 'Correct the path; it is relative to the project’s folder.';
    return { findings: [error('data/unreadable', where, `The data file ${path} ${unreadable(caught)}.`, fix)] };
  }
  if (bytes.length === 0)
    return { findings: [error('data/empty', where, `The data file ${path} is empty.`, 'Write rows into it.')] };
  let rows: Rows;
  try {
    rows = readRows(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (caught) {
    return { findings: [notRows(caught, path, where)] };
  }
  if (rows.values.length === 0)
    return { findings: [error('data/empty', where, `The data file ${path} has no rows.`, 'Write rows into it.')] };
  const findings = faultsOf(rows.values, format).map((fault) => describe(fault, format, where, rows, path));
  const facts = { name: basename(path), sha256: sha256(bytes), bytes: bytes.length, rows: rows.values.length };
  return { facts, findings };
}

function notRows(caught: unknown, path: string, where: Where): Finding {
  if (caught instanceof BrokenData) {
    const at = { ...where, path: `${path}:${caught.line}` };
    const fix = 'Write an array of objects, or one object a line.';
    return error('data/not-json', at, `The data file ${path} ${caught.message} at line ${caught.line}.`, fix);
  }
  if (caught instanceof TypeError)
    return error('data/not-utf8', where, `The data file ${path} is not UTF-8 text.`, 'Save it as UTF-8.');
  throw caught;
}
