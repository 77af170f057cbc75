/** Findings as GitHub's workflow commands, which show them beside the lines of a pull request. */
import type { Finding, Severity } from '../finding.ts';
import { foldFindings, sortFindings } from '../finding-text.ts';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** A command is one line; what would end it, or one of its properties, is written in percent. */
const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** `pathOf` gives a file's path below the repository's root, by the path below the project. */
export function annotation(finding: Finding, pathOf: (file: string) => string): string {
  const [, file, line, column] = /^(.+?)(?::(\d+))?(?::(\d+))?$/.exec(finding.where.at ?? '') ?? [];
  const place = [
    ...(file === undefined ? [] : [`file=${property(pathOf(file))}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
    `title=${property(finding.id)}`,
  ].join(',');
  return `::${commands[finding.severity]} ${place}::${data(`${finding.message}\n${finding.fix}`)}`;
}

export function annotations(findings: readonly Finding[], pathOf: (file: string) => string): string {
  return foldFindings(sortFindings(findings))
    .map((finding) => annotation(finding, pathOf))
    .join('\n');
}
