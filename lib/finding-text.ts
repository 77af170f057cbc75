/** The one printer of findings. Plain text unless a style is handed in; what is hostile is made printable. */
import { codeFrame, type SourceLines } from './base/code-frame.ts';
import { printable } from './base/printable.ts';
import type { Finding, Severity } from './finding.ts';

/** Puts colour around text; the plain style returns it as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

const same = (text: string) => text;
export const plain: Style = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };

const colour = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[${code < 10 ? 22 : 39}m`;
export const coloured: Style = {
  bold: colour(1),
  dim: colour(2),
  red: colour(31),
  yellow: colour(33),
  green: colour(32),
  cyan: colour(36),
};

const heads: Record<Severity, (style: Style) => string> = {
  error: (style) => style.red('error'),
  warning: (style) => style.yellow('warning'),
  note: (style) => style.cyan('note'),
};

/** A given value longer than this is cut: the place tells where to read it whole. */
const longestGiven = 200;
/** Of a longer path in the tree the end tells most. */
const longestPath = 200;

function line(label: string, text: string, style: Style): string {
  const indented = printable(text).replaceAll('\n', '\n         ');
  return `  ${style.dim(label.padEnd(5))}  ${indented}`;
}

/** The lines of the program, the one that is meant in front, and a caret below its column. */
function frameText(at: string, source: SourceLines, style: Style): string[] {
  const lines = codeFrame(at, source);
  const width = Math.max(...lines.map(({ number }) => String(number).length));
  return lines.flatMap(({ number, text, meant, caret }) => {
    const edge = `  ${meant ? '>' : ' '} ${String(number).padStart(width)} |`;
    const shown = `${meant ? style.red(edge) : style.dim(edge)}${text === '' ? '' : ` ${text}`}`;
    if (caret === undefined) return [shown];
    return [shown, `${style.dim(`    ${' '.repeat(width)} |`)} ${' '.repeat(caret)}${style.red('^')}`];
  });
}

/** One finding: what is wrong, then place, construct and setting, the lines, what was given, what to do. */
export function findingText(finding: Finding, style: Style = plain, source?: SourceLines): string {
  const { construct, at, path } = finding.where;
  const { given } = finding;
  const times = finding.count !== undefined && finding.count > 1 ? ` (${finding.count} times)` : '';
  const tree = construct && construct.length > longestPath ? `...${construct.slice(-longestPath)}` : construct;
  const place = [at, tree, path].filter((part) => part !== undefined).join('  ');
  const shown = given === undefined ? '' : JSON.stringify(given);
  const cut = shown.length > longestGiven ? `${shown.slice(0, longestGiven)}...` : shown;
  const message = printable(finding.message).replaceAll('\n', '\n  ');
  return [
    `${heads[finding.severity](style)}: ${style.bold(message)}${times}  ${style.dim(`[${finding.id}]`)}`,
    ...(place === '' ? [] : [line('at', place, style)]),
    ...(source === undefined || at === undefined ? [] : frameText(at, source, style)),
    ...(given === undefined ? [] : [line('given', cut, style)]),
    line('do', finding.fix, style),
  ].join('\n');
}

const rank: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

/** `file:line:column` compared by number where they are numbers. */
function byPlace(a: Finding, b: Finding): number {
  const [x = '', y = ''] = [a.where.at, b.where.at];
  const [xs, ys] = [x.split(':'), y.split(':')];
  if (xs[0] !== ys[0]) return (xs[0] ?? '') < (ys[0] ?? '') ? -1 : 1;
  return Number(xs[1] ?? 0) - Number(ys[1] ?? 0) || Number(xs[2] ?? 0) - Number(ys[2] ?? 0);
}

/** Errors first, then by place in the user's files. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => rank[a.severity] - rank[b.severity] || byPlace(a, b));
}

/** What a loop says in the same words at the same line is one finding, with how often it was said. */
export function foldFindings(findings: readonly Finding[]): readonly Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    const { id, severity, message, fix, where } = finding;
    // Without a line to share, two findings of the same words are about two things.
    const key = JSON.stringify([id, severity, message, fix, where.path, where.at ?? where.construct]);
    const before = first.get(key);
    first.set(key, before ? { ...before, count: (before.count ?? 1) + (finding.count ?? 1) } : finding);
  }
  return [...first.values()];
}

/** What is wrong with rows is told in a line each: there may be many, and one command shows them with their rows. */
const isOfRows = ({ id, severity }: Finding) => id.startsWith('rows/') && severity !== 'error';

function rowLine({ severity, message, where, id }: Finding, style: Style): string {
  const place = where.path === undefined ? '' : `  ${where.path}`;
  const head = heads[severity](style);
  return `  ${head}${' '.repeat('warning'.length - severity.length)}  ${printable(message + place)}  ${style.dim(`[${id}]`)}`;
}

/** Of one dataset. */
function rowsText(findings: readonly Finding[], style: Style): string {
  const { construct = '', at } = findings[0]?.where ?? {};
  const place = printable(construct + (at === undefined ? '' : ` (${at})`));
  return [
    `rows of ${style.bold(place)}`,
    ...findings.map((finding) => rowLine(finding, style)),
    `  ${style.dim('do'.padEnd(7))}  ${printable(`Look at them: sft data inspect ${construct}`)}`,
  ].join('\n');
}

/** All of them with a blank line between; the empty string for none. A place's lines are shown once. */
export function findingsText(findings: readonly Finding[], style: Style = plain, source?: SourceLines): string {
  const seen = new Set<string | undefined>();
  const folded = foldFindings(sortFindings(findings));
  const texts = folded
    .filter((finding) => !isOfRows(finding))
    .map((finding) => {
      const { at } = finding.where;
      const text = findingText(finding, style, seen.has(at) ? undefined : source);
      seen.add(at);
      return text;
    });
  const ofRows = folded.filter(isOfRows);
  const datasets = [...new Set(ofRows.map(({ where }) => where.construct))];
  const told = datasets.map((construct) => ofRows.filter(({ where }) => where.construct === construct));
  return [...texts, ...told.map((some) => rowsText(some, style))].join('\n\n');
}
