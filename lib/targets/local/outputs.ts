/** What a run leaves behind: checkpoints that count, and the result. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isListed, orAbsent, readObject } from '../files.ts';
import type { RunPaths } from '../target.ts';

type Checkpoint = RunPaths['checkpoints'][number];

async function checkpointAt(path: string, step: number): Promise<Checkpoint[]> {
  const files = (await readObject(join(path, 'complete.json')))?.files;
  if (!Array.isArray(files) || !files.every(isListed)) return [];
  for (const file of files) {
    // Sizes only: a look must not read every checkpoint. The trainer compares hashes before it loads one.
    if ((await orAbsent(stat(join(path, file.path))))?.size !== file.bytes) return [];
  }
  return [{ step, path, bytes: files.reduce((sum, file) => sum + file.bytes, 0) }];
}

/** Complete checkpoints, by step: the marker is there, and every file that it lists, whole. */
export async function checkpointsOf(run: string): Promise<Checkpoint[]> {
  const output = join(run, 'output');
  const names = (await orAbsent(readdir(output))) ?? [];
  const found = await Promise.all(
    names.map((name) => {
      const step = /^checkpoint-(\d+)$/.exec(name)?.[1];
      return step === undefined ? [] : checkpointAt(join(output, name), Number(step));
    }),
  );
  return found.flat().sort((a, b) => a.step - b.step);
}

export async function runPaths(run: string): Promise<RunPaths> {
  return { run, result: join(run, 'output', 'result'), checkpoints: await checkpointsOf(run) };
}

/**
 * Without `results` a run that made a checkpoint or a result stays as it is, with its attempts: their numbers must not
 * be given out again while what they made is there.
 */
export async function removeRun(run: string, results: boolean): Promise<void> {
  const made = (await orAbsent(readdir(join(run, 'output')))) ?? [];
  if (results || made.length === 0) await rm(run, { recursive: true, force: true });
}
