/** `manifest.json`: what the stack is made of, for the plan and for reviewers; and which files of a folder are ours. */
import { type Sha, sha256 } from '../base/hash.ts';
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
    ({ path, content, mode }): ListedFile => ({ path, sha256: sha256(content), mode: mode.toString(8) }),
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

/** What the text of a manifest.json says of whose it is; a merge has left a text that says nothing. */
export function ownerOf(text: string): 'stranger' | { readonly stack?: string } {
  try {
    const value = JSON.parse(text) as Json;
    if (!isObject(value) || !Array.isArray(value.files)) return 'stranger';
    return typeof value.stack === 'string' ? { stack: value.stack } : {};
  } catch {
    return {};
  }
}

/** The files that a manifest lists; none where its text is no manifest, as in the middle of a merge. */
export function listedFiles(text: string): ListedFile[] {
  try {
    const value = JSON.parse(text) as Json;
    const files = isObject(value) ? value.files : undefined;
    return Array.isArray(files) ? files.filter(isListed) : [];
  } catch {
    return [];
  }
}
