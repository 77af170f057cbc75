/**
 * `sft.lock.json`: which commit a name on the Hub stood for, which content a data file had, which trainer was used. It
 * is committed, so that a plan made next month, or by a colleague, is about the same model and rows.
 */
import type { Sha } from '../base/hash.ts';
import { isObject, jsonText } from '../base/json.ts';
import type { Finding } from '../finding.ts';

export const lockFileName = 'sft.lock.json';
export const lockFormat = 1;

/** A tokenizer lies in its model's repository: the model's commit pins it. */
export type HubKind = 'model' | 'dataset';

/** By Hub id, then by the revision that a program names (`main` where it names none): a commit. */
export type Commits = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface LockFile {
  readonly format: typeof lockFormat;
  readonly models: Commits;
  readonly datasets: Commits;
  /** By path, relative to the project's folder. */
  readonly files: Readonly<Record<string, Sha>>;
  /** Version of the trainer. */
  readonly trainer?: string;
}

export const emptyLock: LockFile = { format: lockFormat, models: {}, datasets: {}, files: {} };

const comment = 'Written by sft pins; commit it. docs/pins.md says what it holds.';

/** A full commit: anything shorter, or another name, may stand for another commit tomorrow. */
export const isCommit = (revision: unknown): revision is string =>
  typeof revision === 'string' && /^[0-9a-f]{40}$/.test(revision);

const isSha = (value: unknown): value is Sha => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** Names become keys of an object: own ones only, so that none is read from its prototype. */
const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const tableOf = { model: 'models', dataset: 'datasets' } as const;

export function commitOf(lock: LockFile, kind: HubKind, id: string, revision: string): string | undefined {
  return own(own(lock[tableOf[kind]], id) ?? {}, revision);
}

export const fileHash = (lock: LockFile, path: string): Sha | undefined => own(lock.files, path);

export function withCommit(lock: LockFile, kind: HubKind, id: string, revision: string, commit: string): LockFile {
  const table = tableOf[kind];
  const revisions = { ...own(lock[table], id), [revision]: commit };
  return { ...lock, [table]: { ...lock[table], [id]: revisions } };
}

/** Keys sorted, two spaces, a final newline: one spelling, and merges line by line. */
export function lockText(lock: LockFile): string {
  return jsonText({ '//': comment, ...lock }, ['//', 'format']);
}

function finding(id: string, message: string, fix: string): Finding {
  return { id, severity: 'error', where: { path: lockFileName }, message, fix };
}

const invalid = (what: string) =>
  finding(
    'pin/invalid',
    `${lockFileName} ${what}. It was left as it is.`,
    `Take it from a commit where it was whole (git checkout COMMIT -- ${lockFileName}), or remove it and run sft pins.`,
  );

function merging(): Finding {
  const message = `${lockFileName} holds the marks of a merge. It was left as it is.`;
  const fix = `Keep one side (git checkout --ours ${lockFileName}), then run sft pins, which adds what is missing.`;
  return finding('pin/merge', message, fix);
}

function newer(format: number): Finding {
  const message = `${lockFileName} has format ${format}; this version reads ${lockFormat}. It was left as it is.`;
  return finding('pin/newer', message, 'Use the version of cdksft that wrote it, or a later one.');
}

const known = ['//', 'format', 'models', 'datasets', 'files', 'trainer'];

function isCommits(value: unknown): value is Commits {
  return isObject(value) && Object.values(value).every((each) => isObject(each) && Object.values(each).every(isCommit));
}

function parsed(text: string): unknown {
  try {
    // Editors of some systems write a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** What is wrong with its values, in words; undefined where nothing is. */
function wrongIn(value: Record<string, unknown>): string | undefined {
  const { models = {}, datasets = {}, files = {}, trainer } = value;
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) return `has a part "${stranger}" that no version writes`;
  if (!isCommits(models) || !isCommits(datasets)) return 'names a revision that is no commit of 40 digits';
  if (!isObject(files) || !Object.values(files).every(isSha)) return 'names a file with a hash that is no SHA-256';
  if (trainer !== undefined && typeof trainer !== 'string') return 'names no version of the trainer';
  return undefined;
}

export type LockRead = { readonly lock: LockFile } | { readonly finding: Finding };

export function readLock(text: string): LockRead {
  if (/^(<{7}|={7}|>{7})( |$)/m.test(text)) return { finding: merging() };
  const value = parsed(text);
  if (!isObject(value)) return { finding: invalid(text.trim() === '' ? 'is empty' : 'is no whole JSON object') };
  const { format, models = {}, datasets = {}, files = {}, trainer } = value as Partial<LockFile>;
  if (typeof format !== 'number') return { finding: invalid('names no format') };
  if (format > lockFormat) return { finding: newer(format) };
  const wrong = wrongIn(value);
  if (wrong !== undefined) return { finding: invalid(wrong) };
  return { lock: { format: lockFormat, models, datasets, files, ...(trainer === undefined ? {} : { trainer }) } };
}
