/** `sft data inspect`: reads data files, judges them, and shows what is there. The files are only read. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { brokenFinding } from '../data/file.ts';
import { FileHashes } from '../data/file-hashes.ts';
import { sizeOf, UnreadFile } from '../data/review/reading.ts';
import { type Review, review } from '../data/review/review.ts';
import { type ExitCode, exit, fail, UserError } from '../errors.ts';
import type { DataInspectDocument } from '../report/data-document.ts';
import { inspectText, namesText } from '../report/data-text.ts';
import type { Context } from './context.ts';
import { writePage } from './data-inspect-html.ts';
import { type InspectOptions, isFailure, type Wanted, wantedOf } from './data-inspect-options.ts';
import { Progress } from './data-inspect-progress.ts';
import { type Opened, openNamed, openWanted } from './data-inspect-tokenizer.ts';
import { type Looked, lookedAt } from './data-inspect-what.ts';
import { printJson } from './print.ts';

export type { InspectOptions } from './data-inspect-options.ts';

function told({ path, broken }: UnreadFile, folder: string): UserError {
  const finding = brokenFinding(broken, folder, path, {});
  const missing = broken.id === 'data/unreadable';
  const fix = finding.fix.replace('; it is relative to the project’s folder', '');
  return new UserError({ ...finding, fix }, missing ? exit.usage : exit.invalid);
}

/** Kept where the project has a folder of ours anyway: a file by itself leaves nothing behind. */
function hashesOf({ project }: Context): FileHashes {
  const own = join(project, '.sft');
  return new FileHashes(existsSync(own) ? join(own, 'hashes.json') : undefined);
}

const unnamed = 'no tokenizer is named (--tokenizer)';

async function tokenizerOf(looked: Looked, { tokenizer }: Wanted, context: Context): Promise<Opened> {
  if (tokenizer !== undefined) return openNamed(tokenizer, context);
  const { tokenizer: own = { unknown: unnamed } } = looked;
  return 'unknown' in own ? own : openWanted(own);
}

async function reviewed(looked: Looked, wanted: Wanted, context: Context): Promise<Review> {
  const { folder, paths } = looked;
  const sizes = paths.map((path) => ({ path, bytes: sizeOf(folder, path) }));
  if (!context.json) context.out(namesText(sizes));
  const opened = await tokenizerOf(looked, wanted, context);
  const tokenizer = 'unknown' in opened ? undefined : opened;
  const progress = new Progress(sizes.reduce((sum, { bytes }) => sum + bytes, 0));
  const { samples, row, format = looked.format } = wanted;
  const { template = looked.template } = wanted;
  const { signal } = context;
  try {
    const found = await review({
      ...{ ...looked, format, template, tokenizer, samples, row, signal, hashes: hashesOf(context) },
      onProgress: (rows, done) => progress.tell(rows, done),
    });
    return 'unknown' in opened ? { ...found, tokensUnknown: opened.unknown } : found;
  } catch (caught) {
    throw caught instanceof UnreadFile ? told(caught, folder) : caught;
  } finally {
    progress.end();
  }
}

/** Rows that are the same, and almost the same, as judging has found them. */
function duplicatesOf(findings: DataInspectDocument['findings']): DataInspectDocument['duplicates'] {
  const [exact, near] = [/^rows\/duplicate$/, /^rows\/near-/].map((id) => findings.find((one) => id.test(one.id)));
  const approximate = [exact, near].some((one) => one?.approximate !== undefined);
  return { exact: exact?.count ?? 0, near: near?.count ?? 0, approximate };
}

function documentOf(found: Review): DataInspectDocument {
  const { rows, taken, format, template, files, columns, characters, tokens, tokensUnknown, findings, samples } = found;
  return {
    format_version: '1.0',
    rows,
    ...(taken ? { taken } : {}),
    ...{ format, template, files, columns, characters, tokens },
    ...(tokensUnknown === undefined ? {} : { tokensUnknown }),
    duplicates: duplicatesOf(findings),
    ...{ findings, samples },
  };
}

/**
 * Rows are garbage a moment later: V8 would grow its young generation for them to 130 MB and more, and is no faster then.
 */
const keepYoungSmall = () => setFlagsFromString('--semi-space-growth-factor=1');

export async function inspect(context: Context, words: readonly string[], options: InspectOptions): Promise<ExitCode> {
  const wanted = wantedOf(options, context);
  keepYoungSmall();
  const looked = await lookedAt(words, context);
  const found = await reviewed(looked, wanted, context);
  if (wanted.row !== undefined && wanted.row > found.rows)
    throw fail('usage/arguments', `There is no row ${wanted.row}.`, `Give one from 1 to ${found.rows}.`, {
      exit: exit.usage,
    });
  const document = documentOf(found);
  if (wanted.html !== undefined) writePage(wanted.html, document, looked, context);
  if (context.json) printJson<'data-inspect'>(context, document);
  else context.out(inspectText(document, context.style));
  const severities = document.findings.map(({ severity }) => severity);
  return found.hasBrokenLines || isFailure(severities, wanted.failOn) ? exit.invalid : exit.done;
}
