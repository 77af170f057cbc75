/** What lies in a stack's folder: the files that we are about to make, and those that we made before. */
import { lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { sha256 } from '../base/hash.ts';
import { fail } from '../errors.ts';
import { listedFiles, manifestName, ownerOf } from './manifest-json.ts';

interface PresentFile {
  readonly content: string;
  readonly executable: boolean;
}

export interface Present {
  /** Of the files asked for and of our own, those that are there. */
  readonly files: ReadonlyMap<string, PresentFile>;
  /** Text of the manifest of the last time; undefined where there is none, or one that is not ours. */
  readonly manifest?: string;
  /** Listed there, no longer made, and as we wrote them. */
  readonly stale: readonly string[];
  /** Listed there, no longer made, but changed since. */
  readonly edited: readonly string[];
  /** Listed there, made again, changed since, and not into what is made now. */
  readonly overwritten: readonly string[];
}

const blocked = (path: string, what: string, fix: string) =>
  fail('synth/in-the-way', `${path} is ${what}.`, fix, { where: { path } });

type Kind = 'absent' | 'file' | 'folder' | 'link' | 'other';

function kindOf(path: string, stat = lstatSync(path, { throwIfNoEntry: false })): Kind {
  if (!stat) return 'absent';
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isDirectory()) return 'folder';
  return stat.isFile() ? 'file' : 'other';
}

/** A path of ours stays below the folder; a manifest is a file that anyone may have edited. */
function isInside(path: string): boolean {
  return path !== '' && !path.includes('\\') && !path.split('/').some((part) => ['', '.', '..'].includes(part));
}

/** Folders that were found to be folders: the files of a run share theirs. */
type Ways = Set<string>;

/** A symbolic link below the folder would lead the writer out of it. */
function checkWay(folder: string, path: string, ways: Ways): void {
  const whole = dirname(path);
  if (ways.has(whole)) return;
  let way = folder;
  for (const part of whole.split('/')) {
    way = join(way, part);
    const kind = kindOf(way);
    if (kind === 'absent') return;
    if (kind === 'link') throw blocked(way, 'a symbolic link, which is not followed', 'Replace it by a folder.');
    if (kind !== 'folder') throw blocked(way, 'a file where a folder is needed', 'Move that file away.');
  }
  ways.add(whole);
}

function read(folder: string, path: string, ways: Ways): PresentFile | undefined {
  checkWay(folder, path, ways);
  const full = join(folder, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  const kind = kindOf(full, stat);
  if (kind === 'absent') return undefined;
  if (kind === 'link') throw blocked(full, 'a symbolic link, which is not followed', 'Remove the link.');
  if (kind !== 'file') throw blocked(full, 'a folder where a file is needed', 'Move that folder away.');
  return { content: readFileSync(full, 'utf8'), executable: ((stat?.mode ?? 0) & 0o100) !== 0 };
}

/** The same, for a file that we leave alone if anything about its place is strange. */
function readIfPlain(folder: string, path: string, ways: Ways): PresentFile | undefined {
  try {
    return read(folder, path, ways);
  } catch {
    return undefined;
  }
}

const noPlace = (folder: string, what: string) =>
  fail(
    'synth/no-place',
    `${folder} is ${what}; nothing is written into it.`,
    'Name another folder: "out" in sft.yaml.',
    {
      where: { path: folder },
    },
  );

/** What makes a folder somebody else's whole project. */
const projectFiles = ['package.json', 'sft.yaml'];

/** The folder itself may be a link that its owner made. */
function checkFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (dirname(resolve(folder)) === resolve(folder)) throw noPlace(folder, 'the root of the file system');
  if (kindOf(join(folder, '.git')) !== 'absent') throw noPlace(folder, 'the root of a git repository');
  const project = projectFiles.find((name) => kindOf(join(folder, name)) !== 'absent');
  if (project) throw noPlace(folder, `the folder of a project (it has ${project})`);
  if (stat && !stat.isDirectory()) throw blocked(folder, 'a file where a folder is needed', 'Move that file away.');
}

interface Wanted {
  readonly path: string;
  readonly content: string;
}

/** Left by git, to be resolved: what is made now resolves it. */
const hasMarkers = (content: string) => /^<{7} /m.test(content);

function isOverwritten(there: PresentFile, hash: string, wanted: Wanted): boolean {
  const { content } = there;
  return content !== wanted.content && sha256(content) !== hash && !hasMarkers(content);
}

export function present(folder: string, files: readonly Wanted[]): Present {
  checkFolder(folder);
  const found = new Map<string, PresentFile>();
  const ways: Ways = new Set();
  for (const { path, content } of files) {
    if (!isInside(path)) throw new Error(`${path} is outside of the folder`);
    const file = read(folder, path, ways);
    // Where nothing has changed, the second copy of the text is let go of.
    if (file) found.set(path, file.content === content ? { ...file, content } : file);
  }
  const text = readIfPlain(folder, manifestName, ways)?.content;
  const manifest = text === undefined || ownerOf(text) === 'stranger' ? undefined : text;
  const wanted = new Map(files.map((file) => [file.path, file]));
  const stale: string[] = [];
  const edited: string[] = [];
  const overwritten: string[] = [];
  for (const { path, sha256: hash } of listedFiles(manifest ?? '')) {
    const [there, made] = [found.get(path), wanted.get(path)];
    if (there && made && isOverwritten(there, hash, made)) overwritten.push(path);
    if (there || made || !isInside(path)) continue;
    const file = readIfPlain(folder, path, ways);
    if (!file) continue;
    found.set(path, file);
    (sha256(file.content) === hash ? stale : edited).push(path);
  }
  return { files: found, ...(manifest === undefined ? {} : { manifest }), stale, edited, overwritten };
}

const foldersOf = (folder: string, files: readonly { readonly path: string }[]) =>
  new Set(files.map(({ path }) => join(folder, dirname(path))));

/** Removes temporary files that a killed writer left more than a minute ago: a living one is done long before. */
export function sweep(folder: string, files: readonly { readonly path: string }[]): void {
  for (const place of foldersOf(folder, files)) {
    if (kindOf(place) !== 'folder') continue;
    for (const name of readdirSync(place)) {
      if (!/^\..*\.sft-tmp$/.test(basename(name))) continue;
      const path = join(place, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat && Date.now() - stat.mtimeMs > 60_000) rmSync(path, { force: true });
    }
  }
}

/** Removes folders that are empty now, from the deepest up to the folder, which stays. */
export function removeEmptyFolders(folder: string, paths: readonly string[]): void {
  const all = new Set<string>();
  for (const path of paths) for (let way = path; way !== '.' && way !== ''; way = dirname(way)) all.add(way);
  for (const way of [...all].sort((a, b) => b.length - a.length)) {
    try {
      rmdirSync(join(folder, way));
    } catch {
      // Not empty, or gone already: both are right.
    }
  }
}
