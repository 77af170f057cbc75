/**
 * What a run is: the hash of the settings that shape learning. Only what differs from its default counts, so that a
 * setting that a later version adds does not make every run a new one; `version` grows when a default changes.
 */
import { hashOf, type Sha } from '../base/hash.ts';
import { canonical, isObject } from '../base/json.ts';
import { semanticOverrides } from './overrides.ts';
import type { RunSettings } from './run.ts';
import { settingsTable } from './run.ts';

const version = 1;

/** The value at a dotted path; undefined where a step is missing. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

let defaults: ReadonlyMap<string, string> | undefined;

function defaultOf(path: string): string | undefined {
  defaults ??= new Map(
    [...settingsTable().values()].flatMap((row) => {
      const parsed = row.schema.safeParse(undefined);
      return parsed.success && parsed.data !== undefined ? [[row.path, canonical(parsed.data)] as const] : [];
    }),
  );
  return defaults.get(path);
}

/** The semantic settings of a run that differ from their defaults, by path. */
export function semantics(settings: RunSettings): Record<string, unknown> {
  const picked: Record<string, unknown> = {
    'model.source': settings.model.source,
    'data.source': settings.data.source,
    'method.kind': settings.method.kind,
  };
  for (const row of settingsTable().values()) {
    // Of the overrides only a part shapes learning.
    if (row.class !== 'semantic' || row.path === 'overrides') continue;
    const value = valueAt(settings, row.path);
    if (value !== undefined && canonical(value) !== defaultOf(row.path)) picked[row.path] = value;
  }
  const overridden = semanticOverrides(settings.overrides);
  return overridden ? { ...picked, overrides: overridden } : picked;
}

export function identityOf(settings: RunSettings): Sha {
  const { 'data.files': files, ...rest } = semantics(settings);
  // A file's name and place say nothing about what is learnt.
  const contents = Array.isArray(files) ? files.map((file: { sha256: Sha }) => file.sha256) : undefined;
  return hashOf({ version, ...rest, contents });
}
