/** Which synthesised files of a run are others than those that were applied. */
import { type Sha, sha256 } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import type { Artifact, Job } from '../manifest.ts';
import type { Recorded } from '../state/state.ts';

export interface FileChange {
  /** Below the run's folder. */
  readonly path: string;
  /** What was applied; absent where there was no such file. */
  readonly before?: string;
  /** Hash of what the program makes now; absent where it makes no such file. */
  readonly after?: Sha;
}

/** `unknown`: they differ, and what was applied was not kept. */
export type FileChanges = 'unknown' | readonly FileChange[];

export type KeptFiles = (bundle: Sha) => Readonly<Record<string, string>> | undefined;

function compare(before: Readonly<Record<string, string>>, after: Readonly<Record<string, unknown>>): FileChange[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path) => {
    const [old, now] = [before[path], after[path]];
    if (old !== undefined && sha256(old) === now) return [];
    return [
      { path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: String(now) }) },
    ];
  });
}

/** Undefined where nothing differs, or where there is nothing to compare. */
export function fileChanges(
  job: Job,
  record: Recorded | undefined,
  artifacts: ReadonlyMap<string, Artifact>,
  kept: KeptFiles,
): FileChanges | undefined {
  const old = Object.values(record?.artifacts ?? {}).find(({ make }) => make === 'bundle')?.key;
  const now = job.needs.map((need) => artifacts.get(need)).find((artifact) => artifact?.make === 'bundle');
  if (old === undefined || !now || old === now.key || !isObject(now.spec.files)) return undefined;
  const before = kept(old);
  return before ? compare(before, now.spec.files) : 'unknown';
}
