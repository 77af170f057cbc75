/**
 * The synthesised files of runs as they were applied, beside the states: `files/<key of the bundle>.json`. A plan compares
 * with them. They are a convenience: one that is missing or damaged is told, and nothing else depends on it.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, type Sha, sha256 } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import type { Artifact, GeneratedFile } from '../manifest.ts';
import { replaceWhole, writing } from './disk.ts';

/** By path below the run's folder. */
export type AppliedFiles = Readonly<Record<string, string>>;

const place = (folder: string) => join(folder, 'files');
const nameOf = /^([0-9a-f]{64})\.json$/;

function kept(folder: string): Sha[] {
  try {
    return readdirSync(place(folder)).flatMap((name) => nameOf.exec(name)?.[1] ?? []);
  } catch {
    return [];
  }
}

/** Of these bundles those that are not there yet. `folder`: the stack's own, of its states. */
export function keepFiles(folder: string, bundles: readonly Artifact[], files: readonly GeneratedFile[]): void {
  const there = new Set(kept(folder));
  const missing = bundles.filter(({ key, spec }) => !there.has(key) && typeof spec.folder === 'string');
  if (missing.length === 0) return;
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  writing(place(folder), () => mkdirSync(place(folder), { recursive: true }));
  for (const { key, spec } of missing) {
    const names = Object.keys(isObject(spec.files) ? spec.files : {});
    const own = Object.fromEntries(names.map((name) => [name, contents.get(`${spec.folder}/${name}`) ?? '']));
    replaceWhole(join(place(folder), `${key}.json`), JSON.stringify({ folder: spec.folder, files: own }));
  }
}

/** Undefined where they were not kept, or are no longer those that the key is the hash of. */
export function filesOf(folder: string, key: Sha): AppliedFiles | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(place(folder), `${key}.json`), 'utf8'));
    if (!isObject(value) || !isObject(value.files)) return undefined;
    const files = value.files as Record<string, string>;
    const hashes = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, sha256(content)]));
    return hashOf({ folder: value.folder, files: hashes }) === key ? files : undefined;
  } catch {
    return undefined;
  }
}

/** Removes those that no state names any more. `states`: paths of the states that are kept. */
export function pruneFiles(folder: string, current: ReadonlySet<Sha>, states: readonly string[]): void {
  const unsure = kept(folder).filter((key) => !current.has(key));
  if (unsure.length === 0) return;
  const texts = states.map((path) => readFileSync(path, 'utf8'));
  for (const key of unsure)
    if (!texts.some((text) => text.includes(key))) rmSync(join(place(folder), `${key}.json`), { force: true });
}
