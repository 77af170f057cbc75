/** Folders as `Dataset.save_to_disk` of Python's `datasets` leaves them: Arrow files, and a list of them in their order. */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject } from '../base/json.ts';
import type { Finding, Where } from '../finding.ts';

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Who reads it says what is wrong with the path.
    return false;
  }
}

function documentOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A name of a file in the same folder, and nothing else. */
const isName = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && name !== '..' && !/[/\\\0]/.test(name);

function namesIn(state: unknown): string[] | undefined {
  const files = isObject(state) ? state._data_files : undefined;
  if (!Array.isArray(files) || files.length === 0) return undefined;
  const names = files.map((file) => (isObject(file) ? file.filename : undefined));
  return names.every(isName) ? names : undefined;
}

export interface Saved {
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
}

function refused(folder: string, message: string, fix: string, where: Where): Saved {
  return { paths: [], findings: [{ id: 'data/saved', severity: 'error', where, given: folder, message, fix }] };
}

/** The data files of such a folder, whose contents in this order are what it says; undefined for any other path. */
export function savedFiles(project: string, folder: string, where: Where): Saved | undefined {
  const absolute = resolve(project, folder);
  if (!isFolder(absolute)) return undefined;
  const state = documentOf(join(absolute, 'state.json'));
  const names = namesIn(state);
  if (names !== undefined) return { paths: names.map((name) => `${folder.replace(/\/+$/, '')}/${name}`), findings: [] };
  const splits = documentOf(join(absolute, 'dataset_dict.json'));
  const known = isObject(splits) && Array.isArray(splits.splits) ? splits.splits.filter(isName) : [];
  const [first] = known;
  if (first !== undefined) {
    const fix = `Write the path of one of them: ${folder.replace(/\/+$/, '')}/${first}.`;
    return refused(folder, `${folder} holds several datasets: ${known.join(', ')}.`, fix, where);
  }
  if (state === undefined) return undefined;
  const message = `${folder}/state.json does not say which files the dataset has.`;
  return refused(folder, message, 'Save the dataset again with save_to_disk.', where);
}
