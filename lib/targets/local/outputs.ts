/** What a run leaves behind: checkpoints that count, and the result. */
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import { isObject } from '../../base/json.ts';
import type { Written } from '../../state/attempt.ts';
import { isListed, orAbsent } from '../files.ts';
import { namesIn, objectIn, statIf } from '../look.ts';
import type { RunPaths } from '../target.ts';

type Checkpoint = RunPaths['checkpoints'][number] & { readonly written?: Partial<Written> };

/** The layout in a marker, as far as it has the types that we know; a marker of an older trainer names the ranks alone. */
function writtenIn(marker: Readonly<Record<string, unknown>>): Partial<Written> {
  const { world_size, micro_batch, zero_stage, offload, device } = isObject(marker.layout) ? marker.layout : marker;
  const names = Array.isArray(offload) ? offload.filter((name) => typeof name === 'string') : undefined;
  return {
    ...(typeof world_size === 'number' ? { world_size } : {}),
    ...(typeof micro_batch === 'number' ? { micro_batch } : {}),
    ...(typeof zero_stage === 'number' || zero_stage === null ? { zero_stage } : {}),
    ...(names ? { offload: names } : {}),
    ...(device === 'cpu' || device === 'gpu' ? { device } : {}),
  };
}

function checkpointAt(path: string, step: number): Checkpoint | undefined {
  const marker = objectIn(join(path, 'complete.json'));
  const files = marker?.files;
  if (!marker || !Array.isArray(files) || !files.every(isListed)) return undefined;
  // Sizes only: a look must not read every checkpoint. The trainer compares hashes before it loads one.
  if (!files.every((file) => statIf(join(path, file.path))?.size === file.bytes)) return undefined;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const written = writtenIn(marker);
  return { step, path, bytes, ...(Object.keys(written).length > 0 ? { written } : {}) };
}

/** Steps that have a folder, the newest first. */
function stepsIn(output: string): number[] {
  return namesIn(output)
    .flatMap((name) => /^checkpoint-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

const outputOf = (run: string) => join(run, 'output');

/** Complete checkpoints, by step: the marker is there, and every file that it lists, whole. */
function checkpointsOf(run: string): Checkpoint[] {
  const output = outputOf(run);
  return stepsIn(output)
    .reverse()
    .flatMap((step) => checkpointAt(join(output, `checkpoint-${step}`), step) ?? []);
}

/** As large as what is read again where its time says that it was written after the result was whole. */
const comparedBytes = 64 * 1024 * 1024;

/**
 * Whether a result is others than its result.json lists: a file is gone, has another size, or was written later and has
 * another content. Contents are read only there: a look must not read every adapter. Without a list nothing is said.
 */
export function isResultAltered(run: string): boolean {
  const folder = join(outputOf(run), 'result');
  const list = objectIn(join(folder, 'result.json'))?.files;
  if (!Array.isArray(list) || !list.every(isListed)) return false;
  const whole = statIf(join(folder, 'result.json'))?.mtimeMs ?? 0;
  return list.some(({ path, bytes, sha256: hash }) => {
    const found = statIf(join(folder, path));
    if (found?.size !== bytes) return true;
    if (found.mtimeMs <= whole || bytes > comparedBytes) return false;
    return sha256(readFileSync(join(folder, path))) !== hash;
  });
}

/** The newest complete checkpoint. */
export function newestCheckpoint(run: string): Checkpoint | undefined {
  const output = outputOf(run);
  for (const step of stepsIn(output)) {
    const found = checkpointAt(join(output, `checkpoint-${step}`), step);
    if (found) return found;
  }
  return undefined;
}

export async function runPaths(run: string): Promise<RunPaths> {
  const checkpoints = checkpointsOf(run).map(({ step, path, bytes }) => ({ step, path, bytes }));
  return { run, result: join(run, 'output', 'result'), checkpoints };
}

/**
 * Without `results` a run that made a checkpoint or a result stays as it is, with its attempts: their numbers must not
 * be given out again while what they made is there.
 */
export async function removeRun(run: string, results: boolean): Promise<void> {
  const made = (await orAbsent(readdir(join(run, 'output')))) ?? [];
  if (results || made.length === 0) await rm(run, { recursive: true, force: true });
}
