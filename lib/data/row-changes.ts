/**
 * What of a dataset's rows is other than it was, whatever their order: rows are the same where their canonical JSON is.
 * A row that is gone and a new one that asks the same are one that was changed.
 */
import { createHash } from 'node:crypto';
import { canonical, isObject } from '../base/json.ts';
import type { Columns, Format, WrittenEncoding } from '../settings/formats.ts';
import { type Example, exampleOf } from './example.ts';
import { hidden } from './judge/hidden.ts';
import { openRows } from './open.ts';

export interface RowSource {
  /** Where it lies, absolute. */
  readonly path: string;
  /** As people know it. */
  readonly name: string;
}

/** Files of one dataset in their order, and how their rows are read. */
export interface RowSet {
  readonly files: readonly RowSource[];
  readonly format: Format;
  readonly columns?: Columns;
  /** Absent: found by what the bytes say. */
  readonly encoding?: WrittenEncoding;
}

export interface RowExample {
  readonly change: 'added' | 'removed' | 'changed';
  readonly file: string;
  /** From 1 in its file; of a removed row in the file as it was. */
  readonly row: number;
  readonly line?: number;
  /** Begin of what it asks, or of what it is; at most `longest` letters. */
  readonly text: string;
}

export interface RowChanges {
  readonly before: number;
  readonly after: number;
  /** Beside those that were changed. */
  readonly added: number;
  /** Beside those that were changed. */
  readonly removed: number;
  readonly changed: number;
  /** The first three of each. */
  readonly examples: readonly RowExample[];
}

const most = 3;
const longest = 60;

/** 64 bits: among a million rows two that differ are taken for one with a chance of 3 in 100 million. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 11);
}

/** What a row asks; undefined where it is all one text, or cannot be read. */
function questionOf(example: Example | undefined): string | undefined {
  switch (example?.kind) {
    case 'alpaca':
      return JSON.stringify([example.instruction, example.input]);
    case 'prompt':
      return example.prompt;
    case 'messages':
      return JSON.stringify(
        example.messages.slice(
          0,
          example.messages.findIndex(({ role }) => role === 'assistant'),
        ),
      );
    default:
      return undefined;
  }
}

function textOf(value: unknown, example: Example | undefined): string {
  switch (example?.kind) {
    case 'alpaca':
      return example.instruction;
    case 'prompt':
      return example.prompt;
    case 'text':
      return example.text;
    case 'messages':
      return example.messages.find(({ role }) => role === 'user')?.content ?? '';
    default:
      return isObject(value) ? canonical(value) : String(value);
  }
}

export interface RowKey {
  /** Of the whole row. */
  readonly row: string;
  /** Of what it asks. */
  readonly question?: string;
}

async function* rowsOf({ files, encoding }: RowSet) {
  for (const { path, name } of files)
    for await (const row of openRows(path, { encoding })) yield { ...row, file: name };
}

async function keysOf(set: RowSet): Promise<RowKey[]> {
  const keys: RowKey[] = [];
  for await (const { value } of rowsOf(set)) {
    const question = questionOf(exampleOf(value, set.format, set.columns).example);
    keys.push({ row: digest(canonical(value)), ...(question === undefined ? {} : { question: digest(question) }) });
  }
  return keys;
}

export interface KeyChanges {
  /** Indices into the keys as they are. */
  readonly added: readonly number[];
  /** Indices into the keys as they were. */
  readonly removed: readonly number[];
  /** Indices into the keys as they are. */
  readonly changed: readonly number[];
}

function countOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Indices of the keys that are not in the others, each of these counting once. */
function beyond(keys: readonly RowKey[], others: readonly RowKey[], of: (key: RowKey) => string | undefined): number[] {
  const left = countOf(others.flatMap((key) => of(key) ?? []));
  return keys.flatMap((key, index) => {
    const name = of(key);
    const count = name === undefined ? 0 : (left.get(name) ?? 0);
    if (name === undefined || count === 0) return [index];
    left.set(name, count - 1);
    return [];
  });
}

/** Pure. Every row that is no longer there counts once: as removed, or as changed. */
export function compareKeys(before: readonly RowKey[], after: readonly RowKey[]): KeyChanges {
  const come = beyond(after, before, ({ row }) => row);
  const gone = beyond(before, after, ({ row }) => row);
  const [comeKeys, goneKeys] = [come.map((at) => after[at] as RowKey), gone.map((at) => before[at] as RowKey)];
  const added = beyond(comeKeys, goneKeys, ({ question }) => question);
  const removed = beyond(goneKeys, comeKeys, ({ question }) => question);
  const isAdded = new Set(added);
  const at = (indices: readonly number[], of: readonly number[]) => indices.map((index) => of[index] as number);
  return {
    added: at(added, come),
    removed: at(removed, gone),
    changed: come.filter((_, index) => !isAdded.has(index)),
  };
}

async function examplesOf(set: RowSet, wanted: ReadonlyMap<number, RowExample['change']>): Promise<RowExample[]> {
  const found: RowExample[] = [];
  const last = Math.max(-1, ...wanted.keys());
  let index = -1;
  for await (const { file, number, line, value } of rowsOf(set)) {
    if (++index > last) break;
    const change = wanted.get(index);
    if (change === undefined) continue;
    const text = hidden(textOf(value, exampleOf(value, set.format, set.columns).example));
    const begin = [...text.slice(0, 2 * longest).replace(/\s+/g, ' ')].slice(0, longest).join('');
    found.push({ change, file, row: number, ...(line === undefined ? {} : { line }), text: begin });
  }
  return found;
}

/** Reads both sets, twice where something differs. Throws BrokenData where a file cannot be read. */
export async function compareRows(before: RowSet, after: RowSet): Promise<RowChanges> {
  const [old, now] = [await keysOf(before), await keysOf(after)];
  const { added, removed, changed } = compareKeys(old, now);
  const first = (indices: readonly number[], change: RowExample['change']) =>
    indices.slice(0, most).map((index) => [index, change] as const);
  const come = await examplesOf(after, new Map([...first(added, 'added'), ...first(changed, 'changed')]));
  const gone = await examplesOf(before, new Map(first(removed, 'removed')));
  const of = (examples: readonly RowExample[], what: RowExample['change']) =>
    examples.filter(({ change }) => change === what);
  return {
    before: old.length,
    after: now.length,
    added: added.length,
    removed: removed.length,
    changed: changed.length,
    examples: [...of(come, 'added'), ...of(come, 'changed'), ...gone],
  };
}
