/** What `sft data inspect` found, as text for people. All that comes from the data is made printable. */
import { printable } from '../base/printable.ts';
import { bytesText, grouped } from '../base/quantity.ts';
import type { DataFinding, Pair, Place } from '../data/judge/finding.ts';
import type { ColumnFacts } from '../data/survey/columns.ts';
import type { Spread } from '../data/survey/spread.ts';
import type { Severity } from '../finding.ts';
import { plain, type Style } from '../finding-text.ts';
import type { DataInspectDocument, InspectedFile, TokenFacts } from './data-document.ts';
import { counted, nameText, shareText } from './data-names.ts';
import { sampleText } from './data-sample-text.ts';

const typeNames: Readonly<Record<string, string>> = { json: 'JSON', csv: 'CSV', tsv: 'TSV', text: 'text' };
const encodingNames: Readonly<Record<string, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16 (big-endian)',
  shift_jis: 'Shift_JIS',
  'euc-jp': 'EUC-JP',
};

export function fileFacts({ rows, type, encoding }: InspectedFile): string {
  const names = [typeNames[type] ?? type, ...(encoding === '' ? [] : [encodingNames[encoding] ?? encoding])];
  return [...names, counted(rows, 'row')].join(' · ');
}

/** What is read, told before it is read. */
export function namesText(files: readonly { readonly path: string; readonly bytes: number }[]): string {
  return files.map(({ path, bytes }) => `${nameText(path)}  ${bytesText(bytes)}`).join('\n');
}

const kindNames = {
  ...{ text: 'text', empty: 'empty', null: 'null', number: 'number', boolean: 'true or false' },
  ...{ list: 'list', object: 'object' },
} as const;

export function columnFacts({ rows, kinds, characters }: ColumnFacts, all: number): string {
  const kept = Object.keys(kindNames) as (keyof typeof kindNames)[];
  const parts = kept.flatMap((kind) => {
    const count = kinds[kind] ?? 0;
    if (count === 0) return [];
    return count === all ? [kindNames[kind]] : [`${kindNames[kind]} ${shareText(count, all)}`];
  });
  const missing = all > rows ? [`missing ${shareText(all - rows, all)}`] : [];
  const { least = 0, median = 0, most = 0 } = characters ?? {};
  const length = characters ? [`${grouped(least)} to ${grouped(most)} characters, median ${grouped(median)}`] : [];
  return [...parts, ...missing, ...length].join(' · ');
}

const barWidth = 32;

/** A line a bucket, the fullest as wide as the bar may be. */
function histogramLines({ histogram }: Spread, all: number, style: Style): string[] {
  const fullest = Math.max(1, ...histogram.map(({ rows }) => rows));
  const labels = histogram.map(({ from, to }) => (from === to ? grouped(from) : `${grouped(from)}-${grouped(to)}`));
  const width = Math.max(0, ...labels.map((label) => label.length));
  return histogram.map(({ rows }, index) => {
    const long = rows === 0 ? 0 : Math.max(1, Math.round((barWidth * rows) / fullest));
    const bar = `${style.cyan('#'.repeat(long))}${' '.repeat(barWidth - long)}`;
    const figures = rows === 0 ? '' : `  ${grouped(rows).padStart(9)}  ${shareText(rows, all)}`;
    return `  ${(labels[index] ?? '').padStart(width)}  ${bar}${figures}`.trimEnd();
  });
}

export function spreadFacts({ least, median, p90, p99, most }: Spread): string {
  const values = [least, median, p90, p99, most].map(grouped);
  return `least ${values[0]} · median ${values[1]} · 90 % ${values[2]} · 99 % ${values[3]} · most ${values[4]}`;
}

export function placeText({ file, line, row, column }: Place): string {
  const place = line !== undefined ? `:${line}` : row === undefined ? '' : ` row ${row}`;
  return `${nameText(file)}${place}${column === undefined ? '' : ` ${nameText(column)}`}`;
}

/** Places of one file after another: its name once. */
export function placesText({ places, count }: DataFinding): string {
  const shown = places.map((place, index) => {
    const before = places[index - 1];
    const again = before?.file === place.file && place.line !== undefined && before.line !== undefined;
    return again ? placeText({ ...place, file: '' }) : placeText(place);
  });
  const rest = count - places.length;
  return shown.join(', ') + (rest > 0 && places.length > 0 ? ` and ${grouped(rest)} more` : '');
}

const severities: readonly (readonly [Severity, (style: Style) => (text: string) => string])[] = [
  ['error', (style) => style.red],
  ['warning', (style) => style.yellow],
  ['note', (style) => style.cyan],
];

export function pairText({ row, of, similarity }: Pair): string {
  const [a, b] = [row, of].map(placeText);
  return similarity === 1 ? `${a} is ${b}` : `${a} is like ${b} (${shareText(similarity, 1)})`;
}

const mostPairs = 3;

function findingLines(finding: DataFinding, all: number, style: Style): string[] {
  const { id, message, count, approximate, pairs = [], fix } = finding;
  const about = approximate === undefined ? '' : 'about ';
  const share = all > 1 && count <= all ? `, ${shareText(count, all)} of the rows` : '';
  const how = count > 1 ? ` (${about}${grouped(count)}${share})` : '';
  const places = placesText(finding);
  const alike = pairs.slice(0, mostPairs).map(pairText);
  const line = (label: string, text: string) => `    ${style.dim(label.padEnd(3))} ${text}`;
  return [
    `  ${style.bold(printable(message).replaceAll('\n', ' '))}${how}  ${style.dim(`[${id}]`)}`,
    ...(places === '' ? [] : [line('at', places)]),
    ...(alike.length === 0 ? [] : [line('', alike.join(', '))]),
    ...(approximate === undefined ? [] : [line('', printable(approximate))]),
    line('do', printable(fix).replaceAll('\n', ' ')),
  ];
}

/** Rows that are judged: those that a run draws, where one does. */
export const judgedRows = ({ taken, rows }: DataInspectDocument) => (taken ? taken.train + taken.evaluation : rows);

function findingsBlock(document: DataInspectDocument, style: Style): string[] {
  const { findings, rows } = document;
  const judged = judgedRows(document);
  // Others are of lines and rows that no run could draw.
  const of = ({ id }: DataFinding) => (id.startsWith('rows/') ? judged : rows);
  if (findings.length === 0) return [style.green('Nothing was found to be wrong.')];
  const groups = severities.flatMap(([severity, paint]) => {
    const own = findings.filter((finding) => finding.severity === severity);
    if (own.length === 0) return [];
    return [[paint(style)(counted(own.length, severity)), ...own.flatMap((one) => findingLines(one, of(one), style))]];
  });
  return groups.flatMap((group, index) => (index === 0 ? group : ['', ...group]));
}

/** Which of the rows are taken, where that is not all of them to train on. */
function takenLines(document: DataInspectDocument): string[] {
  const { taken, rows } = document;
  if (!taken || taken.train === rows) return [];
  const held = taken.evaluation > 0 ? `, ${grouped(taken.evaluation)} of them to evaluate on` : '';
  return [
    `${counted(judgedRows(document), 'row')} taken${held}: what follows is of these, but for columns and characters`,
  ];
}

/** What the files are: one line for one, one each for several. */
export function factLines(document: DataInspectDocument): string[] {
  const { files, format, template, rows } = document;
  const shape = format === null ? 'no known format' : `${format} format · ${template} template`;
  const taken = takenLines(document);
  const [only] = files;
  if (files.length === 1 && only) return [`${fileFacts(only)} · ${shape}`, ...taken];
  const each = files.map((file) => `${nameText(file.path)}  ${fileFacts(file)}`);
  return [...each, `${counted(rows, 'row')} · ${shape}`, ...taken];
}

/** What becomes of the rows' tokens, a line each. */
export function tokenFacts({ tokens: spread, trained, limit, cut, dropped, tooLong, loaded }: TokenFacts): string[] {
  const share = shareText(trained.total, spread.total);
  const over = limit === undefined ? '' : ` over ${grouped(limit)}`;
  return [
    `${counted(spread.total, 'token')}, ${grouped(trained.total)} of them trained (${share})`,
    ...(cut.rows > 0 ? [`cut ${counted(cut.tokens, 'token')} of ${counted(cut.rows, 'row')}${over}`] : []),
    ...(tooLong && tooLong.rows > 0
      ? [
          `${tooLong.fix === 'drop' ? 'dropped' : 'split'} ${counted(tooLong.rows, 'row')}${over}, as the dataset’s fix says`,
        ]
      : []),
    ...(dropped > 0
      ? [`dropped ${counted(dropped, 'row')}: nothing in ${dropped === 1 ? 'it' : 'them'} is learnt`]
      : []),
    ...(loaded ? [] : ['by a tokenizer.json as it was found: the trainer may make other tokens of the same text']),
  ];
}

function tokensBlock(tokens: TokenFacts, style: Style): string[] {
  const { tokenizer, tokens: spread } = tokens;
  const rows = spread.histogram.reduce((sum, one) => sum + one.rows, 0);
  return [
    '',
    `${style.bold('Tokens a row')}  ${style.dim(nameText(tokenizer))}`,
    ...tokenFacts(tokens).map((line) => `  ${line}`),
    `  ${spreadFacts(spread)}`,
    ...histogramLines(spread, rows, style),
  ];
}

export const unknownText = (why: string) => `Tokens unknown: ${printable(why).replaceAll('\n', ' ')}`;

function lengthsBlock({ tokens, tokensUnknown, characters, rows }: DataInspectDocument, style: Style): string[] {
  if (tokens !== null) return tokensBlock(tokens, style);
  return [
    '',
    `${style.bold('Characters a row')}  ${spreadFacts(characters)}`,
    ...histogramLines(characters, rows, style),
    ...(tokensUnknown === undefined ? [] : ['', style.dim(unknownText(tokensUnknown))]),
  ];
}

/** All of it. The parts stand in the order in which they are needed: what is there, what is wrong, what it looks like. */
export function inspectText(document: DataInspectDocument, style: Style = plain): string {
  const { columns, rows, samples } = document;
  const width = Math.max(0, ...columns.map(({ name }) => nameText(name).length));
  const lines = [
    ...factLines(document),
    '',
    style.bold('Columns'),
    ...columns.map((column) => `  ${nameText(column.name).padEnd(width)}  ${columnFacts(column, rows)}`),
    ...lengthsBlock(document, style),
    '',
    ...findingsBlock(document, style),
    ...samples.flatMap((sample) => ['', sampleText(sample, style)]),
  ];
  return lines.join('\n');
}
