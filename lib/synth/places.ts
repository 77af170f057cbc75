/** From the settings table to a file's fields: a setting whose row names a place is written there, as it is. */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { valueAt } from '../settings/identity.ts';
import { type RunSettings, settingsTable } from '../settings/run.ts';

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

/** Fields of all settings that are placed in `file` and not computed; an absent value or an empty list is left out. */
export function placed(settings: RunSettings, file: string, computed: ReadonlySet<string>): Fields {
  const fields: Record<string, Json> = {};
  for (const row of settingsTable().values()) {
    const place = row.place === undefined ? undefined : splitPlace(row.place);
    if (place?.file !== file || computed.has(row.path)) continue;
    const value = valueAt(settings, row.path);
    if (!isAbsent(value)) fields[place.pointer] = value as Json;
  }
  return fields;
}

/** Nests fields by their pointers; an undefined value is left out. */
export function nest(...all: readonly Fields[]): JsonObject {
  const root: Record<string, unknown> = {};
  for (const [pointer, value] of all.flatMap((fields) => Object.entries(fields))) {
    if (value === undefined) continue;
    const keys = pointer.slice(1).split('/');
    const last = keys.pop() as string;
    let node = root;
    for (const key of keys) {
      if (!isObject(node[key])) node[key] = {};
      node = node[key] as Record<string, unknown>;
    }
    node[last] = value;
  }
  return root as JsonObject;
}
