/** A run's synthesised files in the workspace, with the trainer's wheel and `files.json`, which lists them all. */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import { isObject, jsonText } from '../../base/json.ts';
import type { Artifact, Manifest } from '../../manifest.ts';
import { codeOf, isAsListed, isInside, type ListedFile, orAbsent, writeWhole } from '../files.ts';
import type { Presence } from '../target.ts';
import type { Wheel } from '../wheel.ts';

interface BundleFile extends ListedFile {
  readonly content: string | Uint8Array;
  readonly mode: number;
}

const listName = 'files.json';

/** The files that `spec` names, with their contents from the manifest; a difference between the two is our mistake. */
export function bundleFiles(artifact: Artifact, manifest: Manifest, wheel: Wheel): BundleFile[] {
  const { folder, files } = artifact.spec;
  if (typeof folder !== 'string' || !isObject(files)) throw new Error(`${artifact.address} names no folder or files`);
  const named = Object.entries(files).map(([path, hash]): BundleFile => {
    const file = manifest.files.find((candidate) => candidate.path === `${folder}/${path}`);
    if (!file || sha256(file.content) !== hash || !isInside(path))
      throw new Error(`the manifest does not hold ${folder}/${path} as ${artifact.address} names it`);
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

async function altered(folder: string, files: readonly BundleFile[]): Promise<BundleFile[]> {
  const wrong: BundleFile[] = [];
  for (const file of files) if (!(await isAsListed(folder, file, true))) wrong.push(file);
  return wrong;
}

export async function bundlePresence(folder: string, files: readonly BundleFile[]): Promise<Presence> {
  if ((await orAbsent(stat(folder))) === undefined) return 'absent';
  return (await altered(folder, files)).length === 0 ? 'whole' : 'altered';
}

async function write(folder: string, files: readonly BundleFile[]): Promise<void> {
  for (const file of files) await writeWhole(join(folder, file.path), file.content, file.mode);
}

/** A new one is written beside and renamed. In one that was altered each wrong file is replaced: a run may use it. */
export async function buildBundle(folder: string, files: readonly BundleFile[]): Promise<void> {
  if ((await orAbsent(stat(folder))) !== undefined) {
    for (const file of await altered(folder, files)) {
      await rm(join(folder, file.path), { recursive: true, force: true });
      await write(folder, [file]);
    }
    return;
  }
  const beside = `${folder}.${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(beside, { recursive: true });
    await write(beside, files);
    await rename(beside, folder);
  } catch (caught) {
    await rm(beside, { recursive: true, force: true });
    // Another sft was first, with the same content: the folder's name is its hash.
    if (codeOf(caught) !== 'ENOTEMPTY' && codeOf(caught) !== 'EEXIST') throw caught;
  }
}
