/** A run's synthesised files in the workspace, with the trainer's wheel and `files.json`, which lists them all. */
import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import { isObject, jsonText } from '../../base/json.ts';
import type { Artifact, GeneratedFile, Manifest } from '../../manifest.ts';
import { codeOf, isInside, type ListedFile, makeFolder, orAbsent, writeWhole } from '../files.ts';
import { holds, statIf } from '../look.ts';
import type { Presence } from '../target.ts';
import type { Wheel } from '../wheel.ts';

interface BundleFile extends ListedFile {
  readonly content: string | Uint8Array;
  readonly mode: number;
}

export const listName = 'files.json';

/** A stack of thousands of runs has a file list too long to be searched for each. */
const byPath = new WeakMap<readonly GeneratedFile[], ReadonlyMap<string, GeneratedFile>>();

function fileAt(files: readonly GeneratedFile[], path: string): GeneratedFile | undefined {
  const known = byPath.get(files) ?? new Map(files.map((file) => [file.path, file]));
  byPath.set(files, known);
  return known.get(path);
}

/** The files that `spec` names, with their contents from the manifest. */
export function bundleFiles(artifact: Artifact, manifest: Manifest, wheel: Wheel): BundleFile[] {
  const { folder, files } = artifact.spec;
  if (typeof folder !== 'string' || !isObject(files)) throw new Error(`${artifact.address} names no folder or files`);
  const named = Object.entries(files).map(([path, hash]): BundleFile => {
    const file = fileAt(manifest.files, `${folder}/${path}`);
    if (!file || !isInside(path))
      throw new Error(`the manifest does not hold ${folder}/${path}, which ${artifact.address} names`);
    const bytes = Buffer.byteLength(file.content);
    return { path, bytes, sha256: String(hash), content: file.content, mode: file.mode };
  });
  const trainer = {
    path: wheel.name,
    bytes: wheel.bytes.length,
    sha256: wheel.sha256,
    content: wheel.bytes,
    mode: 0o644,
  };
  const all = [...named, trainer].sort((a, b) => (a.path < b.path ? -1 : 1));
  const listed = all.map(({ path, bytes, sha256: hash }) => ({ path, bytes, sha256: hash }));
  const content = jsonText({ format: 1, files: listed }, ['format']);
  return [...all, { path: listName, bytes: Buffer.byteLength(content), sha256: sha256(content), content, mode: 0o644 }];
}

const isWhole = (folder: string) => (file: BundleFile) => holds(join(folder, file.path), file.content);

export function bundlePresence(folder: string, files: readonly BundleFile[]): Presence {
  if (statIf(folder) === undefined) return 'absent';
  return files.every(isWhole(folder)) ? 'whole' : 'altered';
}

async function write(folder: string, files: readonly BundleFile[]): Promise<void> {
  for (const { path, content, mode, sha256: hash } of files) {
    // The bundle's name is made of these hashes: another content would be our mistake.
    if (sha256(content) !== hash) throw new Error(`${path} has not the content that its bundle is named by`);
    await writeWhole(join(folder, path), content, mode);
  }
}

/** A new one is written beside and renamed. In one that was altered each wrong file is replaced: a run may use it. */
export async function buildBundle(folder: string, files: readonly BundleFile[]): Promise<void> {
  if ((await orAbsent(stat(folder))) !== undefined) {
    for (const file of files) {
      if (isWhole(folder)(file)) continue;
      await rm(join(folder, file.path), { recursive: true, force: true });
      await write(folder, [file]);
    }
    return;
  }
  const beside = `${folder}.${randomUUID().slice(0, 8)}`;
  try {
    await makeFolder(beside);
    await write(beside, files);
    await rename(beside, folder);
  } catch (caught) {
    await rm(beside, { recursive: true, force: true });
    // Another sft was first, with the same content: the folder's name is its hash.
    if (codeOf(caught) !== 'ENOTEMPTY' && codeOf(caught) !== 'EEXIST') throw caught;
  }
}
