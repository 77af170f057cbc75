/** Which files are meant: paths, and patterns of them. */
import { globSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { nearest } from '../base/nearest.ts';
import type { Finding, Where } from '../finding.ts';
import { savedFiles } from './saved.ts';

export interface Named {
  /** In the order written; what one pattern matches in the order of its letters' codes. Each file once. */
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
}

const isPattern = (path: string) => /[*?[{]/.test(path);
const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function there(path: string): boolean {
  try {
    return exists(path);
  } catch {
    // A part of the path is a file, or too long: who reads it says so.
    return false;
  }
}

function matches(project: string, pattern: string): string[] {
  const isFolder = (path: string) => statSync(resolve(project, path), { throwIfNoEntry: false })?.isDirectory();
  const found = globSync(pattern, { cwd: project }).filter((path) => !isFolder(path));
  return found.map((path) => path.replaceAll('\\', '/')).sort((a, b) => (a < b ? -1 : 1));
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).sort();
  } catch {
    return undefined;
  }
}

/** The name in the same folder that is most likely meant. */
export function nearestPath(project: string, path: string): string | undefined {
  const name = nearest(basename(path), namesIn(resolve(project, dirname(path))) ?? []);
  if (name === undefined) return undefined;
  return dirname(path) === '.' ? name : `${dirname(path)}/${name}`;
}

/** A path written so that it stays one line of a message. */
export function shownPath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path) ? JSON.stringify(path) : path;
}

function noMatch(project: string, pattern: string, where: Where): Finding {
  // The folder above the first part that is a pattern.
  const parts = pattern.split('/');
  const fixed = parts.slice(0, parts.findIndex(isPattern)).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const names = namesIn(resolve(project, fixed));
  const seen = names?.slice(0, 5).map(shownPath).join(', ');
  const more = names && names.length > 5 ? ` and ${names.length - 5} more` : '';
  const guess = nearestPath(project, fixed);
  let fix = `The folder ${fixed} has: ${seen}${more}.`;
  if (names === undefined)
    fix = `There is no folder ${fixed}${guess === undefined ? '.' : `: did you mean "${guess}"?`}`;
  else if (names.length === 0) fix = `The folder ${fixed} is empty.`;
  return {
    id: 'data/no-match',
    severity: 'error',
    where: { ...where, path: 'path' },
    given: pattern,
    message: `No file matches ${shownPath(pattern)}.`,
    fix: `Correct the pattern; it is relative to the project’s folder. ${fix}`,
  };
}

/** A path that is there is itself, whatever letters it has. */
export function namedFiles(project: string, written: readonly string[], where: Where): Named {
  const paths = new Map<string, string>();
  const findings: Finding[] = [];
  for (const path of written) {
    const found = isPattern(path) && !there(resolve(project, path)) ? matches(project, path) : [path];
    if (found.length === 0) findings.push(noMatch(project, path, where));
    const saved = found.map((one) => savedFiles(project, one, where) ?? { paths: [one], findings: [] });
    findings.push(...saved.flatMap((one) => one.findings));
    for (const one of saved.flatMap(({ paths }) => paths))
      if (!paths.has(resolve(project, one))) paths.set(resolve(project, one), one);
  }
  return { paths: [...paths.values()], findings };
}
