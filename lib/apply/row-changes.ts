/** For runs whose data files are others than those applied: which rows were added, removed and changed. */
import { stat } from 'node:fs/promises';
import { isObject, type JsonObject } from '../base/json.ts';
import { BrokenData } from '../data/broken.ts';
import { compareRows, type RowChanges, type RowSet, type RowSource } from '../data/row-changes.ts';
import type { Job, Manifest } from '../manifest.ts';
import { match } from '../plan/match.ts';
import type { Columns, Format, WrittenEncoding } from '../settings/formats.ts';
import type { Recorded } from '../state/state.ts';
import { learntFiles, sourcesOf } from '../targets/sources.ts';
import type { Target } from '../targets/target.ts';

/** `unknown`: the files as they were applied are not at hand, or cannot be read. */
export type JobRowChanges = 'unknown' | RowChanges;

function setOf(data: JsonObject, files: readonly RowSource[]): RowSet {
  const columns = isObject(data.columns) ? { columns: data.columns as Columns } : {};
  const encoding = data.encoding === undefined ? {} : { encoding: data.encoding as WrittenEncoding };
  return { files, format: data.format as Format, ...columns, ...encoding };
}

const dataOf = ({ settings: { data } }: Job): JsonObject => (isObject(data) ? (data as JsonObject) : {});

/** Undefined where one of the files is not there whole. */
async function filesOf(data: JsonObject, place: Place): Promise<RowSource[] | undefined> {
  const found: RowSource[] = [];
  for (const { sha256, name, bytes } of learntFiles(data)) {
    const path = place(sha256, name);
    if (path === undefined || (await stat(path).catch(() => undefined))?.size !== bytes) return undefined;
    found.push({ path, name });
  }
  return found;
}

async function changesOf(before: JsonObject, after: JsonObject, { now, applied }: Places): Promise<JobRowChanges> {
  const [old, files] = [await filesOf(before, applied), await filesOf(after, now)];
  if (!old || !files) return 'unknown';
  try {
    return await compareRows(setOf(before, old), setOf(after, files));
  } catch (caught) {
    if (caught instanceof BrokenData) return 'unknown';
    throw caught;
  }
}

type Place = (hash: string, name: string) => string | undefined;

interface Places {
  readonly now: Place;
  /** As it was applied. */
  readonly applied: Place;
}

const hashesOf = (data: JsonObject) =>
  learntFiles(data)
    .map(({ sha256 }) => sha256)
    .join();

/** By address of a run. Runs of one dataset are compared once. */
export async function rowChanges(
  manifest: Manifest,
  recorded: readonly Recorded[],
  { project, target }: { readonly project: string; readonly target: Target | undefined },
): Promise<ReadonlyMap<string, JobRowChanges>> {
  const changed = match(manifest, recorded).matched.flatMap(({ job, record }) => {
    const [before, after] = [record ? dataOf(record.resource) : {}, dataOf(job)];
    // Of a mix the parts are read in several ways, and only some of their rows are taken.
    const [old, now] = [before, after].map(({ source, mix }) => source === 'file' && mix === undefined);
    const differ = old && now && hashesOf(before) !== hashesOf(after);
    return differ ? [{ address: job.address, before, after }] : [];
  });
  if (changed.length === 0) return new Map();
  const sources = sourcesOf(manifest, project);
  const places = {
    now: (hash: string) => sources.get(hash),
    applied: (hash: string, name: string) => target?.source(hash, name),
  };
  const compared = new Map<string, Promise<JobRowChanges>>();
  const answers = changed.map(async ({ address, before, after }) => {
    const key = JSON.stringify([
      hashesOf(before),
      hashesOf(after),
      before.format,
      after.format,
      before.columns,
      after.columns,
      before.encoding,
      after.encoding,
    ]);
    const answer = compared.get(key) ?? changesOf(before, after, places);
    compared.set(key, answer);
    return [address, await answer] as const;
  });
  return new Map(await Promise.all(answers));
}
