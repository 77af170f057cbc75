/** Findings for people: text with the lines of their program, and annotations where GitHub runs us. */
import { readFileSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { SourceLines } from '../base/code-frame.ts';
import type { Finding } from '../finding.ts';
import { findingsText } from '../finding-text.ts';
import { annotations } from '../report/annotations.ts';
import type { Context } from './context.ts';
import { isProgram } from './programs.ts';

type Telling = Pick<Context, 'out' | 'note' | 'style' | 'noteStyle'> & Partial<Pick<Context, 'project'>>;

/** A program is small; what is larger was made by a machine, and its lines tell nobody anything. */
const largest = 4 * 1024 * 1024;

/** Reads programs of the project, each once. */
function sourcesIn(project: string): SourceLines {
  const read = new Map<string, readonly string[] | undefined>();
  const lines = (file: string) => {
    const path = resolve(project, file);
    try {
      if (!isProgram.test(path) || statSync(path).size > largest) return undefined;
      return readFileSync(path, 'utf8').split(/\r?\n/);
    } catch {
      return undefined;
    }
  };
  return (file) => {
    if (!read.has(file)) read.set(file, lines(file));
    return read.get(file);
  };
}

/**
 * GitHub reads commands from both streams; on stderr they leave results clean. Its paths are below the repository's
 * root, ours below the project's folder.
 */
function annotate(findings: readonly Finding[], { note, project = '.' }: Telling): void {
  if (process.env.GITHUB_ACTIONS !== 'true' || findings.length === 0) return;
  const root = process.env.GITHUB_WORKSPACE || project;
  note(annotations(findings, (file) => relative(root, resolve(project, file)).split(sep).join('/')));
}

/** `result`: they are what was asked for, and go to stdout; else to stderr. With --json the text is left to the caller. */
export function tell(findings: readonly Finding[], telling: Telling, as: 'result' | 'aside' | 'json' = 'aside'): void {
  if (findings.length === 0) return;
  const { out, note, style, noteStyle, project } = telling;
  const source = project === undefined ? undefined : sourcesIn(project);
  if (as === 'result') out(`${findingsText(findings, style, source)}\n`);
  if (as === 'aside') note(findingsText(findings, noteStyle, source));
  annotate(findings, telling);
}
