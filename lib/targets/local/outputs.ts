/** What a run leaves behind: checkpoints that count, and the result. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isListed, orAbsent } from '../files.ts';
import { namesIn, objectIn, statIf } from '../look.ts';
import type { RunPaths } from '../target.ts';

type Checkpoint = RunPaths['checkpoints'][number];

function checkpointAt(path: string, step: number): Checkpoint | undefined {
  const files = objectIn(join(path, 'complete.json'))?.files;
  if (!Array.isArray(files) || !files.every(isListed)) return undefined;
  // Sizes only: a look must not read every checkpoint. The trainer compares hashes before it loads one.
  if (!files.every((file) => statIf(join(path, file.path))?.size === file.bytes)) return undefined;
  return { step, path, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
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

/** Step of the newest complete checkpoint; 0 where there is none. */
export function newestCheckpoint(run: string): number {
  const output = outputOf(run);
  return stepsIn(output).find((step) => checkpointAt(join(output, `checkpoint-${step}`), step)) ?? 0;
}

export async function runPaths(run: string): Promise<RunPaths> {
  return { run, result: join(run, 'output', 'result'), checkpoints: checkpointsOf(run) };
}

/**
 * Without `results` a run that made a checkpoint or a result stays as it is, with its attempts: their numbers must not
 * be given out again while what they made is there.
 */
export async function removeRun(run: string, results: boolean): Promise<void> {
  const made = (await orAbsent(readdir(join(run, 'output')))) ?? [];
  if (results || made.length === 0) await rm(run, { recursive: true, force: true });
}
