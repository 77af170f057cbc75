/** Writes a stack so that it can be left: files, trainer and data in folders where `launch.sh` trains by hand. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../base/hash.ts';
import { isObject, type Json, jsonText } from '../base/json.ts';
import { fail } from '../errors.ts';
import type { Job, Manifest } from '../manifest.ts';
import { jobsOf } from '../plan/match.ts';
import { beginsWith } from '../plan/upstream.ts';
import { isInside, type ListedFile, makeFolder, orAbsent, writeWhole } from './files.ts';
import { copySource, sourceFiles, sourcesOf } from './sources.ts';
import type { Wheel } from './wheel.ts';

export interface ExportOptions {
  readonly manifest: Manifest;
  /** The project's folder, for the paths of data files. */
  readonly project: string;
  readonly trainer: Wheel;
  readonly destination: string;
}

/** Says that a folder is ours to write into again. */
const marker = 'cdksft-export.json';

async function refuseStrangers(destination: string): Promise<void> {
  const found = await orAbsent(stat(destination));
  if (!found) return;
  if (!found.isDirectory())
    throw fail('export/not-a-folder', `${destination} is a file.`, 'Name a folder that is empty or still to be made.');
  const names = await readdir(destination);
  if (names.length === 0 || names.includes(marker)) return;
  throw fail(
    'export/not-empty',
    `${destination} is not empty and was not made by sft export.`,
    'Name a folder that is empty or still to be made.',
  );
}

/** The run that a chain of results began with: by hand, its folder is the workspace of all of them. */
function homeOf(job: Job, jobs: readonly Job[]): Job {
  const upstream = jobs.find(({ address }) => address === beginsWith(job)?.run);
  return upstream ? homeOf(upstream, jobs) : job;
}

async function exportRun(job: Job, folder: string, home: string, options: ExportOptions): Promise<void> {
  const { manifest, project, trainer } = options;
  const listed: ListedFile[] = [];
  const write = async (path: string, content: string | Uint8Array, mode = 0o644) => {
    if (!isInside(path)) throw new Error(`${path} would lie outside ${folder}`);
    await writeWhole(join(folder, path), content, mode);
    listed.push({ path, bytes: Buffer.byteLength(content), sha256: sha256(content) });
  };
  for (const file of manifest.files)
    if (file.path.startsWith(`${job.folder}/`))
      await write(file.path.slice(job.folder.length + 1), file.content, file.mode);
  await write(trainer.name, trainer.bytes);
  const sources = sourcesOf(manifest, project);
  const data = isObject(job.settings.data) ? (job.settings.data as Json) : undefined;
  for (const file of sourceFiles(data))
    await copySource(file, sources.get(file.sha256), join(home, 'sources', file.sha256, file.name));
  await write('files.json', jsonText({ format: 1, files: listed.sort((a, b) => (a.path < b.path ? -1 : 1)) }));
}

/** Returns the `launch.sh` of each run, in the order of the manifest. What an earlier export trained there stays. */
export async function exportStack(options: ExportOptions): Promise<string[]> {
  const { manifest, destination } = options;
  await refuseStrangers(destination);
  await makeFolder(destination);
  await writeWhole(join(destination, marker), jsonText({ format: 1, made_by: 'sft export' }));
  const scripts: string[] = [];
  const jobs = jobsOf(manifest);
  for (const job of jobs) {
    const folder = join(destination, manifest.stack, job.folder);
    const home = join(destination, manifest.stack, homeOf(job, jobs).folder);
    await exportRun(job, folder, home, options);
    scripts.push(join(folder, 'launch.sh'));
  }
  return scripts;
}
