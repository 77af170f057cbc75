/** `manifest.json`: what the stack is made of, for the plan and for reviewers; and which files of a folder are ours. */
import { contentHash, type Sha } from '../base/hash.ts';
import { isObject, type Json, jsonText } from '../base/json.ts';
import { type GeneratedFile, type Manifest, withoutPositions } from '../manifest.ts';
import { heading } from './heading.ts';

export const manifestName = 'manifest.json';

const head = [
  '//',
  'format',
  'stack',
  'program',
  'context',
  'environment',
  'pins',
  'target',
  'moved',
  'resources',
  'findings',
  'files',
];

/** One file that we wrote, as the manifest lists it. */
export interface ListedFile {
  /** Relative to the stack's folder. */
  readonly path: string;
  /** Of its bytes. */
  readonly sha256: Sha;
  /** Of the file system, in octal: `644`, `755`. */
  readonly mode: string;
}

/** `manifest.json` of a stack, parsed. */
export interface ManifestFile extends Omit<Manifest, 'files'> {
  /** What made it, and from what. */
  readonly '//': string;
  /** Every other file of the stack's folder that is ours. */
  readonly files: readonly ListedFile[];
}

const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);

/** The manifest without positions, and with hashes in the place of the files' contents. */
export function manifestJson(manifest: Omit<Manifest, 'files'>, files: readonly GeneratedFile[]): GeneratedFile {
  const { resources, findings, ...rest } = manifest;
  const listed = files.map(
    (file): ListedFile => ({ path: file.path, sha256: contentHash(file), mode: file.mode.toString(8) }),
  );
  const value: ManifestFile = {
    '//': heading(manifest),
    ...rest,
    resources: resources.map((resource) => ({ ...resource, where: withoutPositions(resource.where) })),
    findings: findings.map((finding) => ({ ...finding, where: withoutPositions(finding.where) })),
    files: [...listed].sort(byPath),
  };
  return { path: manifestName, content: jsonText(value, head), mode: 0o644 };
}

function isListed(value: Json): value is Json & ListedFile {
  return isObject(value) && typeof value.path === 'string' && typeof value.sha256 === 'string';
}

interface Read {
  readonly owner: 'stranger' | { readonly stack?: string };
  readonly files: readonly ListedFile[];
}

function readText(text: string): Read {
  try {
    const value = JSON.parse(text) as Json;
    if (!isObject(value) || !Array.isArray(value.files)) return { owner: 'stranger', files: [] };
    const owner = typeof value.stack === 'string' ? { stack: value.stack } : {};
    return { owner, files: value.files.filter(isListed) };
  } catch {
    return { owner: {}, files: [] };
  }
}

/** Of a stack of a thousand runs it has megabytes, and is asked two things. */
let last: { readonly text: string; readonly read: Read } | undefined;

function readOnce(text: string): Read {
  if (last?.text !== text) last = { text, read: readText(text) };
  return last.read;
}

/** What the text of a manifest.json says of whose it is; a merge has left a text that says nothing. */
export const ownerOf = (text: string): Read['owner'] => readOnce(text).owner;

/** The files that a manifest lists; none where its text is no manifest, as in the middle of a merge. */
export const listedFiles = (text: string): readonly ListedFile[] => readOnce(text).files;
