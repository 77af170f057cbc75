/** From the settings table to a file's fields: a setting whose row names a place is written there, as it is. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { valueBelow } from '../settings/identity.ts';
import { settingRows } from '../settings/rows.ts';
import type { RunSettings } from '../settings/run.ts';

/** Values by JSON pointer below one file, `/sft/learning_rate`. */
export type Fields = Readonly<Record<string, Json | undefined>>;

/** A row that is not copied: what it fills, computed from all of the run's input. */
export type Computed<Input> = Readonly<Record<string, (input: Input) => Fields>>;

/** Splits `train.json#/sft/optim`; a place without a pointer is the whole file. */
export function splitPlace(place: string): { file: string; pointer: string } {
  const [file = '', pointer = ''] = place.split('#');
  return { file, pointer };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

interface Place {
  readonly path: string;
  readonly keys: readonly string[];
  readonly pointer: string;
}

const known = new Map<string, readonly Place[]>();

function placesIn(file: string): readonly Place[] {
  const found =
    known.get(file) ??
    [...settingRows().values()].flatMap(({ path, place }) => {
      const split = place === undefined ? undefined : splitPlace(place);
      return split?.file === file ? [{ path, keys: path.split('.'), pointer: split.pointer }] : [];
    });
  known.set(file, found);
  return found;
}

/** Fields of all settings that are placed in `file` and not computed; an absent value or an empty list is left out. */
export function placed(settings: RunSettings, file: string, computed: ReadonlySet<string>): Fields {
  const fields: Record<string, Json> = {};
  for (const { path, keys, pointer } of placesIn(file)) {
    if (computed.has(path)) continue;
    const value = valueBelow(settings, keys);
    if (!isAbsent(value)) fields[pointer] = value as Json;
  }
  return fields;
}

const split = new Map<string, readonly string[]>();

/** A renderer's pointers are a fixed few hundred. */
function keysOf(pointer: string): readonly string[] {
  let keys = split.get(pointer);
  if (!keys) {
    keys = pointer.slice(1).split('/');
    split.set(pointer, keys);
  }
  return keys;
}

function putAt(root: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const last = keys.length - 1;
  let node = root;
  for (let depth = 0; depth < last; depth++) {
    const key = keys[depth] as string;
    if (!isObject(node[key])) node[key] = {};
    node = node[key] as Record<string, unknown>;
  }
  node[keys[last] as string] = value;
}

/** Nests fields by their pointers; an undefined value is left out. */
export function nest(...all: readonly Fields[]): JsonObject {
  const root: Record<string, unknown> = {};
  for (const fields of all)
    for (const pointer in fields) {
      const value = fields[pointer];
      if (value !== undefined) putAt(root, keysOf(pointer), value);
    }
  return root as JsonObject;
}
