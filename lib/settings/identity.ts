/**
 * What a run is: the hash of the settings that shape learning. Only what differs from its default counts, so that a
 * setting that a later version adds does not make every run a new one; `version` grows when a default changes.
 */
import { hashOf, type Sha } from '../base/hash.ts';
import { isObject, isSame, type Json } from '../base/json.ts';
import { semanticOverrides } from './overrides.ts';
import { settingRows } from './rows.ts';
import type { RunSettings } from './run.ts';

const version = 1;

/** The value at a dotted path; undefined where a step is missing. */
export function valueAt(value: unknown, path: string): unknown {
  return valueBelow(value, path.split('.'));
}

/** As `valueAt`, with the path cut already. */
export function valueBelow(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

interface Shaping {
  readonly path: string;
  readonly keys: readonly string[];
  /** The default; undefined where there is none. */
  readonly fallback: Json | undefined;
}

let shaping: readonly Shaping[] | undefined;

/** The rows that count. Of the overrides only a part shapes learning; that is picked below. */
function shapingRows(): readonly Shaping[] {
  shaping ??= [...settingRows().values()]
    .filter((row) => row.class === 'semantic' && row.path !== 'overrides')
    .map(({ path, fallback }) => ({ path, keys: path.split('.'), fallback }));
  return shaping;
}

/** The semantic settings of a run that differ from their defaults, by path. */
export function semantics(settings: RunSettings): Record<string, unknown> {
  const picked: Record<string, unknown> = {
    'model.source': settings.model.source,
    'data.source': settings.data.source,
    'method.kind': settings.method.kind,
  };
  for (const { path, keys, fallback } of shapingRows()) {
    const value = valueBelow(settings, keys);
    if (value !== undefined && !isSame(value, fallback)) picked[path] = value;
  }
  const overridden = semanticOverrides(settings.overrides);
  return overridden ? { ...picked, overrides: overridden } : picked;
}

interface Content {
  readonly sha256: string;
  readonly type?: string | undefined;
  readonly encoding?: string | undefined;
}

/** What a data file says: its bytes, and how they are read where that is not as JSON in UTF-8. */
export function contentOf({ sha256, type, encoding }: Content): string {
  return [sha256, type, encoding].filter((part) => part !== undefined).join(' ');
}

/** Rows to evaluate on by what their files say. */
export function withoutNames(evaluation: RunSettings['data']['evaluation']): unknown {
  return evaluation && 'files' in evaluation ? { contents: evaluation.files.map(contentOf) } : evaluation;
}

export function identityOf(settings: RunSettings): Sha {
  const { 'data.files': files, 'data.template': _, 'data.evaluation': held, ...rest } = semantics(settings);
  // A file's name and place say nothing about what is learnt.
  const contents = Array.isArray(files) ? files.map(contentOf) : undefined;
  const { template } = settings.data;
  const evaluation = held === undefined ? {} : { 'data.evaluation': withoutNames(settings.data.evaluation) };
  return hashOf({
    version,
    ...rest,
    ...evaluation,
    contents,
    template: isObject(template) ? template.sha256 : template,
  });
}
