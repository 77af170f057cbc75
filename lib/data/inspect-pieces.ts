/** As `inspect.ts` does it of files that are read whole, for files of any size: in a process of its own. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { BrokenData } from './broken.ts';
import { statOf } from './bytes.ts';
import { brokenFinding } from './file.ts';
import { FileHashes } from './file-hashes.ts';
import type { AskedFiles } from './inspect.ts';
import { type FileFacts, type Inspected, Inspection } from './inspection.ts';
import type { AskedShape } from './mapped.ts';
import { openRows, type Writing } from './open.ts';

function markOf(path: string): string {
  const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

async function read(path: string, see: SeeRow, encoding: AskedShape['encoding']): Promise<FileFacts> {
  const { size } = statOf(path);
  const mark = markOf(path);
  let writing: Writing = {};
  const onWriting = (found: Writing) => {
    writing = found;
  };
  for await (const row of openRows(path, { onWriting, encoding })) see(row);
  const sha256 = await new FileHashes().of(path);
  if (markOf(path) !== mark) throw new BrokenData('data/changed', 'was changed while it was read', 'Run it again.');
  return { name: basename(path), sha256, bytes: size, ...writing };
}

type SeeRow = ReturnType<Inspection['file']>['see'];

/** Throws what is no mistake in a file. */
export async function inspectPieces({ project, paths, shape, where }: AskedFiles): Promise<Inspected> {
  const inspection = new Inspection(shape, where);
  for (const path of paths) {
    const file = inspection.file(path);
    try {
      file.end(await read(resolve(project, path), file.see, shape.encoding));
    } catch (caught) {
      if (!(caught instanceof BrokenData)) throw caught;
      file.broken(brokenFinding(caught, project, path, where));
    }
  }
  return inspection.result();
}
