/** Several datasets of files as one: what is taken of each, and whether their rows can be learnt together. */
import { mixCounts } from '../data/mix.ts';
import { errorAt, type Finding, type Where } from '../finding.ts';
import { check } from '../settings/check.ts';
import type { ResolvedMix } from '../settings/dataset-mix.ts';
import { exactFix, type Fix, plainFix } from '../settings/fixes.ts';
import { type Format, isDialogue } from '../settings/formats.ts';
import type { Parsed } from '../settings/parsed.ts';
import { shown } from '../settings/shown.ts';
import { ofOtherCopy } from './copy.ts';
import { withoutOverrides } from './own.ts';
import { Dataset } from './parts.ts';
import type { Mixed, ResolvedData } from './template.ts';

type FileData = Extract<ResolvedData['settings'], { source: 'file' }>;

/** A part that can be mixed. */
interface Part {
  readonly name: string;
  readonly weight: number;
  readonly settings: FileData;
  /** Rows that there are of it: behind its fixes and samples. */
  readonly rows: number;
  readonly resolved: ResolvedData;
}

type Written = { readonly data?: unknown; readonly weight: number };

/** The datasets that a mix names, as far as they are such. */
export function partsIn(props: unknown): Dataset[] {
  const { parts } = (props ?? {}) as { readonly parts?: unknown };
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: { readonly data?: unknown } | null) =>
    part?.data instanceof Dataset && part.data.source === 'file' ? [part.data] : [],
  );
}

/** What is no dataset, or none that can be a part. */
function misnamed(data: unknown, path: string, where: Where): Finding[] {
  if (!(data instanceof Dataset)) {
    const foreign = ofOtherCopy(data, path, where);
    if (foreign) return [foreign];
    const message = `${path} must be a construct made by Dataset.fromFile(...).`;
    const given = data === undefined ? undefined : shown(data);
    return [
      errorAt('setting/invalid', where, path, message, 'Make one with Dataset.fromFile(...) and give it here.', given),
    ];
  }
  const { id } = data.node;
  if (data.source === 'mix')
    return [
      errorAt('mix/of-mix', where, path, `${id} is a mix itself.`, 'Name its parts here, with weights of their own.'),
    ];
  if (data.source === 'hub') {
    const message = `${id} is a dataset of the Hub: how many rows it has is not known where the mix is made.`;
    return [errorAt('mix/hub-part', where, path, message, 'Download its files, and read them with Dataset.fromFile.')];
  }
  const { evaluation, overrides } = (data.props ?? {}) as Record<string, unknown>;
  const said = [...(evaluation === undefined ? [] : ['evaluation']), ...(overrides === undefined ? [] : ['overrides'])];
  return said.map((name) =>
    errorAt(
      'mix/not-on-part',
      where,
      path,
      `${id} has ${name}, which counts for a whole dataset.`,
      `Write ${name} on the mix.`,
    ),
  );
}

function namingFindings(parts: readonly Written[], where: Where): Finding[] {
  if (parts.length < 2) {
    const message = `A mix needs two parts or more, and this one has ${parts.length === 1 ? 'one' : 'none'}.`;
    return [errorAt('mix/parts', where, 'parts', message, 'Name the other datasets, or give the one to the run.')];
  }
  return parts.flatMap(({ data }, at) => {
    const path = `parts.${at}.data`;
    const first = parts.findIndex((part) => part.data === data);
    if (!(data instanceof Dataset) || first === at) return misnamed(data, path, where);
    const message = `${data.node.id} is a part already, parts.${first}.`;
    return [errorAt('mix/twice', where, path, message, 'Name it once, with the weight of both.')];
  });
}

/** The chat template that its rows are rendered with; undefined: none. */
const chatOf = ({ template, format }: FileData) => template ?? (isDialogue(format) ? 'model' : undefined);

/** What its rows become before they are tokens. */
function waysOf(settings: FileData): string {
  const chat = chatOf(settings);
  if (settings.format === 'text') return 'whole texts';
  if (chat === undefined) return 'a prompt and its answer';
  const named = typeof chat === 'string' ? 'of the model' : 'name' in chat ? chat.name : chat.file;
  return `messages under the chat template ${named}`;
}

const byTokens = ({ fix }: FileData): Fix => {
  const { drop = [], truncate, split } = fix ?? {};
  const long = drop.includes('too-long') ? { drop: ['too-long' as const] } : {};
  return plainFix({ ...long, truncate, split }) ?? {};
};

/** What must be the same of all, since it is the run's. */
function unlike([first, ...others]: readonly Part[], where: Where): Finding[] {
  if (!first) return [];
  return others.flatMap((part, index) => {
    const path = `parts.${index + 1}.data`;
    const [here, there] = [part, first].map(({ settings }) => waysOf(settings));
    const same = JSON.stringify(chatOf(part.settings)) === JSON.stringify(chatOf(first.settings)) && here === there;
    if (!same) {
      const message = `Rows of ${first.name} become ${there}, those of ${part.name} ${here}.`;
      const fix = 'Mix rows that become the same: give both the same chat template, or leave it out of both.';
      return [errorAt('mix/shapes', where, path, message, fix)];
    }
    if (JSON.stringify(byTokens(part.settings)) === JSON.stringify(byTokens(first.settings))) return [];
    const message = `${first.name} and ${part.name} say different things of rows that have more tokens than maxLength.`;
    return [errorAt('mix/fixes', where, path, message, 'Write the same in fix of all parts.')];
  });
}

function formatOf(parts: readonly Part[]): Format {
  const formats = new Set(parts.map(({ settings }) => settings.format));
  const [first] = formats;
  if (first !== undefined && formats.size === 1) return first;
  return [...formats].some(isDialogue) ? 'messages' : 'prompt';
}

function partSettings({ weight, settings }: Part): ResolvedMix['parts'][number] {
  const { files, format, columns, samples, seed } = settings;
  const exact = exactFix(settings.fix);
  const { drop = [], dedupe } = exact ?? {};
  return {
    ...{ weight, files: files.length, format },
    ...(columns ? { columns: columns as Record<string, string> } : {}),
    ...(exact ? { fix: { ...(drop.length > 0 ? { drop: [...drop] } : {}), ...(dedupe ? { dedupe } : {}) } } : {}),
    ...(samples === undefined ? {} : { samples, seed }),
  };
}

function unused(parts: readonly Part[], counts: readonly number[], where: Where): Finding[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return parts.flatMap(({ name, weight }, at) => {
    if (counts[at] !== 0) return [];
    const message = `Of ${all} rows, none would be of ${name}.`;
    const fix = 'Give it a larger weight, or the mix more rows.';
    return [errorAt('mix/none-of', where, `parts.${at}.weight`, message, fix, weight)];
  });
}

interface Asked {
  readonly seed: number;
  readonly rows?: number | undefined;
}

function settingsOf(parts: readonly Part[], { seed, rows }: Asked): FileData {
  const format = formatOf(parts);
  const [first] = parts as [Part];
  const [chat, fix] = [chatOf(first.settings), byTokens(first.settings)];
  return {
    source: 'file',
    path: parts.flatMap(({ settings }) => settings.path),
    files: parts.flatMap(({ settings }) => settings.files),
    format,
    // A dialogue's is the model's own where none is said.
    ...(chat === undefined || (chat === 'model' && isDialogue(format)) ? {} : { template: chat }),
    ...(Object.keys(fix).length > 0 ? { fix } : {}),
    seed,
    mix: { parts: parts.map(partSettings), ...(rows === undefined ? {} : { rows }) },
  };
}

function mixed(parts: readonly Part[], asked: Asked, where: Where): Parsed<ResolvedData> {
  const counts = mixCounts(parts, asked.rows);
  const findings = [...unlike(parts, where), ...unused(parts, counts, where)];
  if (findings.length > 0) return { findings };
  const taken = parts.map(({ name, resolved: { fixed } }, at): Mixed => {
    return { name, rows: counts[at] as number, ...(fixed ? { fixed } : {}) };
  });
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const template = parts[0]?.resolved.template;
  const settings = settingsOf(parts, asked);
  return { value: { settings, rows, mixed: taken, ...(template ? { template } : {}) }, findings: [] };
}

/** `of`: resolves one of its parts, whose own mistakes are told of itself. */
export function resolveMix(
  data: Dataset,
  where: Where,
  of: (part: Dataset) => Parsed<ResolvedData>,
): Parsed<ResolvedData> {
  const parsed = check('dataset.mix', data.props, where);
  if (!parsed.value) return { findings: parsed.findings };
  const { parts, seed, rows } = withoutOverrides(parsed.value);
  const findings = namingFindings(parts, where);
  if (findings.length > 0) return { findings };
  const found = parts.flatMap(({ data: part, weight }): Part[] => {
    const resolved = of(part as Dataset).value;
    if (resolved?.settings.source !== 'file') return [];
    const { settings, counts } = resolved;
    return [{ name: (part as Dataset).node.id, weight, settings, rows: counts?.train ?? 0, resolved }];
  });
  return found.length < parts.length ? { findings: [] } : mixed(found, { seed, rows }, where);
}
