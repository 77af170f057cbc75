/** `sft data inspect --html FILE`: the page is written beside and renamed, so that a half of it is never there. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exit, fail } from '../errors.ts';
import type { DataInspectDocument } from '../report/data-document.ts';
import { inspectHtml } from '../report/data-html.ts';
import type { Context } from './context.ts';
import type { Looked } from './data-inspect-what.ts';

/** The same file under any name: a page in place of the data would be the end of them. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

function refuse(page: string, { folder, paths }: Looked): void {
  if (!paths.some((path) => isSame(page, resolve(folder, path)))) return;
  throw fail('usage/arguments', `--html ${page} is the data itself.`, 'Name another file for the page.', {
    exit: exit.usage,
  });
}

export function writePage(
  page: string,
  document: DataInspectDocument,
  looked: Looked,
  { note }: Pick<Context, 'note'>,
) {
  refuse(page, looked);
  const beside = `${page}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, inspectHtml(document), { flag: 'wx' });
    renameSync(beside, page);
  } catch (caught) {
    rmSync(beside, { force: true });
    const { code = '' } = caught as { code?: string };
    throw fail('data/page', `${page} cannot be written (${code}).`, 'Name a place where files can be written.');
  }
  note(`Written: ${page}`);
}
