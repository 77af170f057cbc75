/** The user's data files: where they are, and their copy by content. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Sha } from '../base/hash.ts';
import { isObject, type Json } from '../base/json.ts';
import { exit, fail } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { codeOf, orAbsent, writingAt } from './files.ts';

/** One file of a dataset as `train.json` and settings name it. */
export interface SourceFile {
  readonly name: string;
  readonly sha256: Sha;
  readonly bytes: number;
}

function isSource(value: unknown): value is SourceFile {
  return (
    isObject(value) &&
    typeof value.name === 'string' &&
    value.name !== '' &&
    value.name !== '..' &&
    !/[/\0]/.test(value.name) &&
    typeof value.sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(value.sha256) &&
    typeof value.bytes === 'number'
  );
}

const filesIn = (value: unknown) => (isObject(value) && Array.isArray(value.files) ? value.files.filter(isSource) : []);

/** The files of a `data` block that are learnt from; none for a hub dataset. */
export function learntFiles(data: Json | undefined): SourceFile[] {
  return isObject(data) && data.source === 'file' ? filesIn(data) : [];
}

/** All files of a `data` block, those to evaluate on behind the others. */
export function sourceFiles(data: Json | undefined): SourceFile[] {
  return [...learntFiles(data), ...(isObject(data) ? filesIn(data.evaluation) : [])];
}

/** Paths as settings hold them, in the order of `sourceFiles`. */
function sourcePaths({ path, evaluationPath = [] }: Record<string, unknown>): string[] {
  const all = [path, evaluationPath].flat();
  return all.every((one) => typeof one === 'string') ? all : [];
}

/** Where each data file of a stack lies, by its hash; paths in settings are relative to the project's folder. */
export function sourcesOf(manifest: Manifest, project: string): Map<Sha, string> {
  const found = new Map<Sha, string>();
  for (const resource of manifest.resources) {
    const data = resource.life === 'job' ? resource.settings.data : undefined;
    if (!isObject(data)) continue;
    const files = sourceFiles(data as Json);
    for (const [index, path] of sourcePaths(data).entries()) {
      const file = files[index];
      if (file) found.set(file.sha256, resolve(project, path));
    }
  }
  return found;
}

const changed = (file: SourceFile, how: string) =>
  fail('data/changed', `${file.name} ${how} since it was planned.`, 'Plan again, and look at what changed.', {
    exit: exit.stale,
  });

/** Copies the file to `destination` unless it is there; the bytes are hashed on their way. */
export async function copySource(file: SourceFile, from: string | undefined, destination: string): Promise<void> {
  if ((await orAbsent(stat(destination)))?.size === file.bytes) return;
  if (from === undefined) throw changed(file, 'has become unknown');
  await writingAt(destination, () => copy(file, from, destination));
}

async function copy(file: SourceFile, from: string, destination: string): Promise<void> {
  await mkdir(dirname(destination), { recursive: true });
  const beside = `${destination}.${randomUUID().slice(0, 8)}`;
  const hash = createHash('sha256');
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), watch, createWriteStream(beside, { flags: 'wx' }));
    if (hash.digest('hex') !== file.sha256) throw changed(file, 'has changed');
    const handle = await open(beside, 'r');
    await handle.sync().finally(() => handle.close());
    await rename(beside, destination);
  } catch (caught) {
    await rm(beside, { force: true });
    if (codeOf(caught) === 'ENOENT') throw changed(file, 'was removed');
    throw (caught as { path?: unknown }).path === from ? changed(file, 'has become unreadable') : caught;
  }
}
