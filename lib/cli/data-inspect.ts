/** `sft data inspect`: reads data files, judges them, and shows what is there. The files are only read. */
import { Judge } from '../data/judge/judge.ts';
import { Survey, type Surveyed } from '../data/survey/survey.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { DataInspectDocument, InspectedFile } from '../report/data-document.ts';
import { inspectText, namesText } from '../report/data-text.ts';
import type { Context } from './context.ts';
import { writePage } from './data-inspect-html.ts';
import { type InspectOptions, isFailure, type Wanted, wantedOf } from './data-inspect-options.ts';
import { Progress } from './data-inspect-progress.ts';
import { batchesOf, sizeOf } from './data-inspect-read.ts';
import { type ShapedRow, Shaping } from './data-inspect-shape.ts';
import { type Looked, lookedAt } from './data-inspect-what.ts';
import { printJson } from './print.ts';

export type { InspectOptions } from './data-inspect-options.ts';

interface Read {
  readonly files: readonly InspectedFile[];
  readonly survey: Surveyed<ShapedRow>;
  readonly shaping: Shaping;
  readonly judged: DataInspectDocument['findings'];
}

const pick = ({ format, template }: Wanted) => ({ ...(format ? { format } : {}), ...(template ? { template } : {}) });

async function readAll(
  { folder, paths, settings, maxLength, answersOnly }: Looked,
  wanted: Wanted,
  context: Context,
): Promise<Read> {
  const files: InspectedFile[] = [];
  const sizes = paths.map((path) => ({ path, bytes: sizeOf(folder, path) }));
  if (!context.json) context.out(namesText(sizes));
  const progress = new Progress(sizes.reduce((sum, { bytes }) => sum + bytes, 0));
  const { samples, row } = wanted;
  const limits = maxLength === undefined ? {} : { maxLength };
  const survey = new Survey<ShapedRow>({ samples, ...(row === undefined ? {} : { row }), ...limits });
  const shaping = new Shaping({ ...pick(wanted), answersOnly, ...(settings ? { settings } : {}) });
  const judge = new Judge(limits);
  try {
    for await (const { rows, done } of batchesOf(folder, paths, (file) => files.push(file))) {
      context.signal.throwIfAborted();
      for (const one of rows) {
        const view = shaping.view(one);
        survey.see(view);
        judge.see(view);
      }
      progress.tell(survey.rows, done);
    }
    return { files, survey: survey.result(), shaping, judged: judge.findings() };
  } finally {
    progress.end();
    judge.close();
  }
}

/** Rows that are the same, and almost the same, as judging has found them. */
function duplicatesOf(findings: DataInspectDocument['findings']): DataInspectDocument['duplicates'] {
  const [exact, near] = [/^rows\/duplicate$/, /^rows\/near-/].map((id) => findings.find((one) => id.test(one.id)));
  const approximate = [exact, near].some((one) => one?.approximate !== undefined);
  return { exact: exact?.count ?? 0, near: near?.count ?? 0, approximate };
}

function documentOf({ files, survey, shaping, judged }: Read): DataInspectDocument {
  const { rows, columns, characters, samples } = survey;
  return {
    format_version: '1.0',
    rows,
    format: shaping.format ?? null,
    template: shaping.templateName ?? null,
    ...{ files, columns, characters },
    tokens: null,
    duplicates: duplicatesOf(judged),
    findings: judged,
    samples: samples.map((row) => shaping.sample(row)),
  };
}

export async function inspect(context: Context, words: readonly string[], options: InspectOptions): Promise<ExitCode> {
  const wanted = wantedOf(options, context);
  const looked = await lookedAt(words, context);
  const read = await readAll(looked, wanted, context);
  if (wanted.row !== undefined && wanted.row > read.survey.rows)
    throw fail('usage/arguments', `There is no row ${wanted.row}.`, `Give one from 1 to ${read.survey.rows}.`, {
      exit: exit.usage,
    });
  const document = documentOf(read);
  if (wanted.html !== undefined) writePage(wanted.html, document, looked, context);
  if (context.json) printJson<'data-inspect'>(context, document);
  else context.out(inspectText(document, context.style));
  const severities = document.findings.map(({ severity }) => severity);
  return isFailure(severities, wanted.failOn) ? exit.invalid : exit.done;
}
