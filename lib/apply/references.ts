/** What the stacks of a project still need of a workspace, as their states say. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Sha, short } from '../base/hash.ts';
import { isObject, type Json } from '../base/json.ts';
import { readJournal } from '../state/journal-files.ts';
import { runsOf } from '../state/record.ts';
import { recover } from '../state/recover.ts';
import type { Run } from '../state/state.ts';
import { FileStore } from '../state/store.ts';
import { sourceFiles } from '../targets/sources.ts';

/** The first characters of keys, but for bundles; sources as `<sha256>/<name>`. */
export interface References {
  readonly environments: ReadonlySet<string>;
  readonly bundles: ReadonlySet<Sha>;
  readonly data: ReadonlySet<string>;
  readonly weights: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
}

type Needing = Pick<Run, 'resource' | 'artifacts'>;

/** Stacks of a project that have a folder of states, in the order in which their locks are taken. */
export function stacksIn(states: string): string[] {
  if (!existsSync(states)) return [];
  const entries = readdirSync(states, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Of its newest state, with what the journal holds beyond it; a start whose outcome is open counts as well. */
async function needingIn(folder: string): Promise<Needing[]> {
  const state = await new FileStore(folder).read();
  const { entries } = readJournal(folder, state?.journal ?? 0);
  const { recorded, unknown } = recover(state, entries, new Map());
  return [...recorded.flatMap(runsOf), ...unknown.map(({ job, artifacts }) => ({ resource: job, artifacts }))];
}

/** Weights that an adapter lies on may have been made for another run. */
function baseKeys({ resource: { settings } }: Needing): string[] {
  const base = isObject(settings.model) && isObject(settings.model.base) ? settings.model.base : {};
  return typeof base.key === 'string' ? [short(base.key)] : [];
}

export function referencesOfRuns(runs: readonly Needing[]): References {
  const made = runs.flatMap(({ artifacts }) => Object.values(artifacts));
  const keys = (make: string) => made.filter((one) => one.make === make).map(({ key }) => key);
  const files = runs.flatMap(({ resource }) => sourceFiles(resource.settings.data as Json | undefined));
  return {
    environments: new Set(keys('environment').map(short)),
    bundles: new Set(keys('bundle')),
    data: new Set(keys('data').map(short)),
    weights: new Set([...keys('weights').map(short), ...runs.flatMap(baseKeys)]),
    sources: new Set(files.map(({ sha256, name }) => `${sha256}/${name}`)),
  };
}

/** Throws where a state or a journal cannot be read: then nobody knows. */
export async function referencesOf(states: string): Promise<References> {
  const runs: Needing[] = [];
  for (const stack of stacksIn(states)) runs.push(...(await needingIn(join(states, stack))));
  return referencesOfRuns(runs);
}
