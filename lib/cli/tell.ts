/** Findings for people: text with the lines of their program, and annotations where GitHub runs us. */
import { relative, resolve, sep } from 'node:path';
import type { Finding } from '../finding.ts';
import { findingsText } from '../finding-text.ts';
import { sourcesIn } from '../program/sources.ts';
import { annotations } from '../report/annotations.ts';
import type { Context } from './context.ts';

type Telling = Pick<Context, 'out' | 'note' | 'style' | 'noteStyle'> & Partial<Pick<Context, 'project'>>;

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
