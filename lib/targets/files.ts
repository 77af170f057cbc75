/** Files in a workspace: whole or absent, and told apart from altered ones by their hash. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sha } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import { notWritten } from '../state/disk.ts';

/** How a file is named in `files.json` and in manifests of artifacts. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha;
}

export function codeOf(caught: unknown): string | undefined {
  const code = isObject(caught) || caught instanceof Error ? (caught as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Absent is an answer; a file that may not be read is an error. */
export async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (caught) {
    if (codeOf(caught) === 'ENOENT' || codeOf(caught) === 'ENOTDIR') return undefined;
    throw caught;
  }
}

export async function hashFile(path: string): Promise<Sha> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Runs a write; where the disk is full or read-only, the place is told. */
export async function writingAt<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (caught) {
    throw notWritten(path, caught, 'workspace/not-written');
  }
}

export const makeFolder = (path: string): Promise<unknown> => writingAt(path, () => mkdir(path, { recursive: true }));

/** Written beside, fsynced, renamed. */
export function writeWhole(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  return writingAt(path, () => writeBeside(path, content, mode));
}

async function writeBeside(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const handle = await open(beside, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (caught) {
    await rm(beside, { force: true });
    throw caught;
  }
}

/** The object in a JSON file; undefined where it is absent or no JSON, as when its writer was killed. */
export async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await orAbsent(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isListed(value: unknown): value is ListedFile {
  return (
    isObject(value) &&
    typeof value.path === 'string' &&
    typeof value.bytes === 'number' &&
    typeof value.sha256 === 'string' &&
    isInside(value.path)
  );
}

/** A relative path that stays below its folder. */
export function isInside(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..');
}

/** Whether a file has the size, and where `hashes` is set the content, that a list says. */
export async function isAsListed(folder: string, file: ListedFile, hashes: boolean): Promise<boolean> {
  const path = join(folder, file.path);
  const found = await orAbsent(stat(path));
  if (!found?.isFile() || found.size !== file.bytes) return false;
  return !hashes || (await hashFile(path)) === file.sha256;
}
