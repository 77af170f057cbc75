/** The rows that a dataset's runs are evaluated on: of its own, of other files, or of another split. */
import type { FileFacts } from '../data/inspection.ts';
import { countsOf, type PartCounts } from '../data/part.ts';
import { shownPath } from '../data/paths.ts';
import type { Finding } from '../finding.ts';
import { exactFix } from '../settings/fixes.ts';
import type { FileDatasetInput, HubDatasetInput } from '../settings/inputs/dataset.ts';
import type { Parsed } from '../settings/parsed.ts';
import { inspectData } from './data-files.ts';
import type { Place, ResolvedData } from './template.ts';

type Written = FileDatasetInput['evaluation'] | HubDatasetInput['evaluation'];
type FileData = Extract<ResolvedData['settings'], { source: 'file' }>;

const wrong = (id: string, { where }: Place, message: string, fix: string, given?: Finding['given']): Finding => ({
  id,
  severity: 'error',
  where: { ...where, path: 'evaluation' },
  ...(given === undefined ? {} : { given }),
  message,
  fix,
});

const asList = (path: string | readonly string[]) => (typeof path === 'string' ? [path] : path);

/** Files that are learnt from as well: their content decides. */
function trainedOn(own: FileData, files: readonly FileFacts[], paths: readonly string[], place: Place): Finding[] {
  const trained = new Map(own.files.map(({ sha256 }, at) => [sha256, asList(own.path)[at] ?? '']));
  return files.flatMap(({ sha256 }, at) => {
    const path = trained.get(sha256);
    if (path === undefined) return [];
    const [here = '', there] = [paths[at], path].map((one) => shownPath(one ?? ''));
    const message = `${here} is to be evaluated on, and learnt from${here === there ? '' : ` as ${there}`}.`;
    return [wrong('data/evaluation-trained', place, message, 'Evaluate on rows that are not learnt from.', here)];
  });
}

/** A path that is a setting, not a file. */
const inEvaluation = (one: Finding): Finding => ({ ...one, where: { ...one.where, path: 'evaluation.path' } });

function ofFiles(path: string | readonly string[], value: ResolvedData, place: Place): Parsed<ResolvedData> {
  const own = value.settings as FileData;
  const { columns, format, encoding } = own;
  const exact = exactFix(own.fix);
  // What is learnt from is not evaluated on: its rows come first.
  const fix = exact && { ...exact, ...(exact.dedupe ? { behind: asList(own.path) } : {}) };
  const read = inspectData(asList(path), { format, columns, encoding, fix }, place.where);
  const told = read.findings.map((one) => (one.where.path === 'path' ? inEvaluation(one) : one));
  const findings = [...told, ...trainedOn(own, read.files, read.paths, place)];
  if (findings.some(({ severity }) => severity === 'error')) return { findings };
  const settings = {
    ...own,
    evaluation: { files: [...read.files] },
    evaluationPath: path === read.paths[0] ? path : [...read.paths],
  };
  const counts = { ...countsOf(value.rows ?? 0, settings), evaluation: read.rows };
  const together = read.fixed ? { fixed: { ...value.fixed, evaluation: read.fixed } } : {};
  return { value: { ...value, settings, counts, ...together }, findings };
}

type Share = { readonly share: number; readonly by?: 'content' | undefined };

/** By what they say, of few rows there may be none. */
function noneHeld({ train }: PartCounts, { share }: Share, place: Place): Finding {
  const message = `${train === 1 ? 'The one row that is taken is not' : `Of ${train} rows that are taken, none is`} held out by its content: there is none to evaluate on.`;
  const fix = "Give more rows, a larger share or another seed, or leave out by: 'content'.";
  return wrong('data/none-held-out', place, message, fix, share);
}

function ofOwn(evaluation: Share | undefined, value: ResolvedData, place: Place): Parsed<ResolvedData> {
  const settings = { ...value.settings, ...(evaluation ? { evaluation } : {}) };
  if (value.rows === undefined) return { value: { ...value, settings }, findings: [] };
  // Rows that cannot be read are told by themselves.
  if (evaluation?.by && value.held === undefined) return { value: { ...value, settings }, findings: [] };
  const counts = countsOf(value.rows, settings, value.held);
  if (evaluation?.by && counts.evaluation === 0) return { findings: [noneHeld(counts, evaluation, place)] };
  if (counts.train > 0) return { value: { ...value, settings, counts }, findings: [] };
  const all = counts.evaluation ?? 0;
  const message = `Of ${all === 1 ? 'the one row that is taken' : `${all} rows that are taken`}, ${all === 1 ? 'it' : 'all'} would be held out: none is left to learn from.`;
  return {
    findings: [
      wrong('data/all-held-out', place, message, 'Give more rows, or a smaller share.', evaluation?.share ?? null),
    ],
  };
}

function ofSplit(split: string, value: ResolvedData, place: Place): Parsed<ResolvedData> {
  const { settings } = value;
  if (settings.source === 'hub' && settings.split === split) {
    const message = `The split ${split} is to be evaluated on, and learnt from.`;
    return {
      findings: [
        wrong(
          'data/evaluation-trained',
          place,
          message,
          'Evaluate on another split, or on a share of this one.',
          split,
        ),
      ],
    };
  }
  return { value: { ...value, settings: { ...settings, evaluation: { split } } }, findings: [] };
}

function read(evaluation: Written, value: ResolvedData, place: Place): Parsed<ResolvedData> {
  if (evaluation && 'path' in evaluation) return ofFiles(evaluation.path, value, place);
  if (evaluation && 'split' in evaluation) return ofSplit(evaluation.split, value, place);
  return ofOwn(evaluation, value, place);
}

/** `props`: as the dataset was written, and found to be right. */
export function withEvaluation(props: unknown, resolved: Parsed<ResolvedData>, place: Place): Parsed<ResolvedData> {
  if (!resolved.value) return resolved;
  const { evaluation } = props as { readonly evaluation?: Written };
  const { value, findings } = read(evaluation, resolved.value, place);
  return { ...(value ? { value } : {}), findings: [...resolved.findings, ...findings] };
}
