/** What differs between the settings recorded and the settings wanted, each difference with its class and what it means. */
import { expandHosts } from '../base/hostlist.ts';
import { canonical, isObject, isSame, type Json, type JsonObject } from '../base/json.ts';
import type { Job } from '../manifest.ts';
import { type Change, changes } from '../settings/change.ts';
import { changeAt } from '../settings/overrides.ts';
import { settingAt } from '../settings/rows.ts';
import type { Grade } from '../state/attempt.ts';
import type { Changed } from './decide.ts';

export interface FieldChange {
  /** As the settings table names it, `batch.global`; deeper where a setting is an object. */
  readonly path: string;
  /** Absent: not given. */
  readonly before?: Json;
  readonly after?: Json;
  readonly class: Change;
  readonly reason: string;
  /** Of placement, where a checkpoint is gone on from: how far it loads. The reason is that of the grade. */
  readonly grade?: Grade;
}

const reasons: Readonly<Record<Change, string>> = {
  cosmetic: 'changed in place, nothing restarts',
  operational: 'counts from the next attempt on',
  placement: 'changes where or how wide it runs: it goes on from a checkpoint',
  semantic: 'changes what is learnt: a new run',
};

const sameContent = 'the content is the same, so nothing restarts';

/** Which branch of a union is taken is no setting of its own in the table. */
const branches: Readonly<Record<string, Change>> = {
  'model.source': 'semantic',
  'data.source': 'semantic',
  'method.kind': 'semantic',
  'cluster.kind': 'placement',
};

/** A path that no table knows comes from another version: only identity can say whether it shapes learning. */
function classOf(path: string): Change {
  // Which document and which place decides, not that it is an override.
  if (path.startsWith('overrides.')) return changeAt(path.slice('overrides.'.length));
  return branches[path] ?? settingAt(path)?.class ?? 'semantic';
}

/** Whether a value is what a setting is without being written, so that a setting added by an update is no change. */
function isDefault(path: string, value: Json | undefined): boolean {
  const row = settingAt(path);
  if (!row || value === undefined) return false;
  const below = path.slice(row.path.length + 1);
  const inner = below === '' ? row.fallback : at(row.fallback, below.split('.'));
  return inner !== undefined && canonical(inner) === canonical(value);
}

function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

type Pair = { readonly path: string; readonly before: Json | undefined; readonly after: Json | undefined };

const empty = (value: Json | undefined): value is JsonObject | undefined => value === undefined || isObject(value);

/** An override's key is a JSON pointer, or the name of a line in a document. */
function joined(path: string, key: string): string {
  if (path === '') return key;
  return path.startsWith('overrides.') && !path.includes('#') ? `${path}#${key}` : `${path}.${key}`;
}

function walk({ path, before, after }: Pair): Pair[] {
  if (before === after) return [];
  // An object that comes or goes as a whole is told setting by setting; a list is one value.
  if (empty(before) && empty(after)) {
    const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
    const inner = keys.flatMap((key) => walk({ path: joined(path, key), before: before?.[key], after: after?.[key] }));
    return inner;
  }
  return canonical([before]) === canonical([after]) ? [] : [{ path, before, after }];
}

const isHosts = (value: Json | undefined): value is string | string[] =>
  typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));

/** Hosts written in another order, or as an expression: the next attempt has its rank 0 elsewhere, and that is all. */
function areSameHosts({ path, before, after }: Pair): boolean {
  if (path !== 'cluster.hosts' || !isHosts(before) || !isHosts(after)) return false;
  const [one, other] = [before, after].map((hosts) => expandHosts(hosts).sort());
  return canonical([one]) === canonical([other]);
}

const isSilent = (pair: Pair) =>
  (pair.before === undefined && isDefault(pair.path, pair.after)) ||
  (pair.after === undefined && isDefault(pair.path, pair.before)) ||
  areSameHosts(pair);

function fieldOf({ path, before, after }: Pair, sameIdentity: boolean): FieldChange {
  const known = classOf(path);
  const quiet = known === 'semantic' && sameIdentity;
  return {
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    class: quiet ? 'cosmetic' : known,
    reason: quiet ? sameContent : reasons[known],
  };
}

const rank = (change: Change) => changes.indexOf(change);

/** The differences, the gravest class first, then by path. */
export function diffSettings(
  before: Pick<Job, 'identity' | 'settings'>,
  after: Pick<Job, 'identity' | 'settings'>,
): FieldChange[] {
  if (isSame(before.settings, after.settings)) return [];
  const sameIdentity = before.identity === after.identity;
  return walk({ path: '', before: before.settings, after: after.settings })
    .filter((pair) => !isSilent(pair))
    .map((pair) => fieldOf(pair, sameIdentity))
    .sort((a, b) => rank(b.class) - rank(a.class) || (a.path < b.path ? -1 : 1));
}

/** The gravest class among the differences. */
export function changeOf(fields: readonly FieldChange[]): Changed {
  return fields.reduce<Changed>(
    (worst, field) => (worst === 'none' || rank(field.class) > rank(worst) ? field.class : worst),
    'none',
  );
}
