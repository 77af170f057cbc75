/**
 * Writes the files of a stack into their folder: all or none, unchanged ones untouched, and nothing that is not ours.
 * What is ours says the `manifest.json` that lies there: path and hash of each file that was written last.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../errors.ts';
import type { GeneratedFile } from '../manifest.ts';
import { type Present, present, removeEmptyFolders, sweep } from './folder.ts';
import { manifestName, ownerOf } from './manifest-json.ts';

export interface Written {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** Ours, no longer made, and still as we wrote them. */
  readonly removed: readonly string[];
  /** Ours and no longer made, but changed by someone: theirs to remove. */
  readonly kept: readonly string[];
}

/** Steps that can fail; a test puts a full disk in their place. */
export interface Disk {
  write(path: string, content: string, mode: number): void;
  rename(from: string, to: string): void;
}

const disk: Disk = {
  write(path, content, mode) {
    const handle = openSync(path, 'wx', mode);
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  },
  rename: renameSync,
};

/** A failed call on the disk, as its user needs it told. */
export function diskError(caught: unknown, path: string): unknown {
  const code = (caught as { code?: unknown }).code;
  const at = { where: { path } };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return fail(
        'synth/disk-full',
        `There is no space left to write ${path}.`,
        'Free some space and run it again.',
        at,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    // What Node's recursive mkdir makes of a read-only file system.
    case 'ENOENT':
      return fail(
        'synth/not-writable',
        `${path} is not writable.`,
        'Allow writing there, or choose another place.',
        at,
      );
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return fail('synth/in-the-way', `${path} cannot be made: a file is in the way.`, 'Move that file away.', at);
    default:
      return caught;
  }
}

function look(folder: string, files: readonly GeneratedFile[]): Present {
  try {
    return present(folder, files);
  } catch (caught) {
    throw diskError(caught, folder);
  }
}

/** A file and the temporary one that will take its name. */
interface Staged {
  readonly temporary: string;
  readonly path: string;
}

function stage(folder: string, file: GeneratedFile, on: Disk, staged: Staged[]): void {
  const path = join(folder, file.path);
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.sft-tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    staged.push({ temporary, path });
    on.write(temporary, file.content, file.mode);
  } catch (caught) {
    throw diskError(caught, path);
  }
}

/** Puts all files beside their places first, so that a full disk is met before anything has changed. */
function replaceAll(folder: string, files: readonly GeneratedFile[], on: Disk): void {
  const staged: Staged[] = [];
  try {
    for (const file of files) stage(folder, file, on, staged);
    for (const { temporary, path } of staged) {
      try {
        on.rename(temporary, path);
      } catch (caught) {
        throw diskError(caught, path);
      }
    }
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    removeEmptyFolders(
      folder,
      files.map((file) => dirname(file.path)),
    );
  }
}

function changed(found: Present, file: GeneratedFile): boolean {
  const there = found.files.get(file.path);
  return there?.content !== file.content || there.executable !== (file.mode === 0o755);
}

/** Without a manifest the folder is not known to be ours, so a file of another content there is somebody's own. */
function refuseStrangers(folder: string, found: Present, files: readonly GeneratedFile[]): void {
  if (found.manifest !== undefined) return;
  const stranger = files.find(({ path, content }) => {
    const there = found.files.get(path);
    return there !== undefined && there.content !== content;
  });
  if (!stranger) return;
  const path = join(folder, stranger.path);
  throw fail('synth/not-ours', `${path} exists and was not made by sft.`, 'Move it away, or choose another place.', {
    where: { path },
  });
}

/** The folder of another stack: its files would be taken for what this stack no longer makes. */
function refuseOther(folder: string, found: Present, files: readonly GeneratedFile[]): void {
  const ours = files.find(({ path }) => path === manifestName)?.content;
  // The same text, of the same stack: nothing to read.
  if (ours === found.manifest) return;
  const [there, here] = [ownerOf(found.manifest ?? ''), ownerOf(ours ?? '')];
  if (there === 'stranger' || here === 'stranger' || !there.stack || !here.stack || there.stack === here.stack) return;
  const message = `${folder} holds the files of stack ${there.stack}, not of ${here.stack}.`;
  throw fail('synth/other-stack', message, 'Move it away, or write over it with sft synth --force.', {
    where: { path: folder },
  });
}

function refuseEdited(folder: string, { overwritten }: Present): void {
  const [first, ...others] = overwritten;
  if (first === undefined) return;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  throw fail(
    'synth/edited',
    `${join(folder, first)}${more} was edited by hand; synthesis would undo that.`,
    'Put the change into the program (docs/overrides.md), then write over it with sft synth --force.',
    { where: { path: join(folder, first) } },
  );
}

function refuseTwice(files: readonly GeneratedFile[]): void {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) throw new Error(`two files claim the path ${path}`);
    seen.add(path);
  }
}

/** The manifest goes last: until then the old one says which files are ours. */
function manifestLast(files: readonly GeneratedFile[]): GeneratedFile[] {
  return [...files.filter(({ path }) => path !== manifestName), ...files.filter(({ path }) => path === manifestName)];
}

export interface WriteOptions {
  /** Write over what was edited by hand, and remove it where it is no longer made. */
  readonly force?: boolean;
  readonly disk?: Disk;
}

/** Throws UserError where the place cannot be written; then nothing has changed. */
export function writeFilesSync(folder: string, files: readonly GeneratedFile[], options: WriteOptions = {}): Written {
  const { force = false, disk: on = disk } = options;
  refuseTwice(files);
  const found = look(folder, files);
  refuseStrangers(folder, found, files);
  if (!force) {
    refuseOther(folder, found, files);
    refuseEdited(folder, found);
  }
  const gone = force ? [...found.stale, ...found.edited] : found.stale;
  sweep(folder, files);
  const different = files.filter((file) => changed(found, file));
  const isDifferent = new Set(different);
  replaceAll(folder, manifestLast(different), on);
  for (const path of gone) rmSync(join(folder, path), { force: true });
  removeEmptyFolders(folder, gone.map(dirname));
  return {
    written: different.map(({ path }) => path),
    unchanged: files.filter((file) => !isDifferent.has(file)).map(({ path }) => path),
    removed: gone,
    kept: force ? [] : found.edited,
  };
}

export async function writeFiles(
  folder: string,
  files: readonly GeneratedFile[],
  options: WriteOptions = {},
): Promise<Written> {
  return writeFilesSync(folder, files, options);
}

/** One file that is not what it should be. `before` absent: it is missing; `after` absent: it is no longer made. */
export interface Difference {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  /** The content is right, but it should (or should not) be executable. */
  readonly mode?: '0644 -> 0755' | '0755 -> 0644';
}

function differenceOf(found: Present, file: GeneratedFile): Difference {
  const there = found.files.get(file.path);
  const before = there === undefined ? {} : { before: there.content };
  const wanted = file.mode === 0o755;
  const mode = there !== undefined && there.executable !== wanted;
  return {
    path: file.path,
    ...before,
    after: file.content,
    ...(mode ? { mode: wanted ? '0644 -> 0755' : '0755 -> 0644' } : {}),
  };
}

/** What writing would change, in the order of paths; writes nothing. */
export function compareFiles(folder: string, files: readonly GeneratedFile[]): Difference[] {
  const found = look(folder, files);
  const different = files.filter((file) => changed(found, file)).map((file) => differenceOf(found, file));
  const left = found.stale.map((path): Difference => ({ path, before: found.files.get(path)?.content ?? '' }));
  return [...different, ...left].sort((a, b) => (a.path < b.path ? -1 : 1));
}
