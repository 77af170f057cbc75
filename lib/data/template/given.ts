/** The template that a dataset names: read where it is a file, and whether it goes with the rows. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type Sha, sha256 } from '../../base/hash.ts';
import type { Finding, Where } from '../../finding.ts';
import type { Format } from '../../settings/formats.ts';
import { defaultTemplate, isBuiltIn, type TemplateName } from '../../settings/templates.ts';
import { BrokenData } from '../broken.ts';
import { loadFile } from '../bytes.ts';
import { builtIn } from './built-in.ts';

/** As it stands in a run's settings: its content decides, so it is there by its hash. */
export type ResolvedTemplate =
  | 'model'
  | { readonly name: string; readonly sha256: Sha }
  | { readonly file: string; readonly sha256: Sha };

export interface ReadTemplate {
  /** Absent where it is the one that the format has anyway. */
  readonly template?: ResolvedTemplate | undefined;
  /** In Jinja; for the trainer's bundle. */
  readonly text?: string | undefined;
  /** False where it is known that it does not say what of a dialogue is the assistant's. */
  readonly marksAnswers?: boolean | undefined;
  readonly findings: readonly Finding[];
}

/** Beyond this it is no template: the trainer's bundle holds it, and every plan. */
const mostBytes = 2 ** 20;

/** The engine is loaded only where there is a file to check, and without waiting: App.synth() is synchronous. */
function check(text: string) {
  const side = createRequire(import.meta.url)('#template') as typeof import('./check.ts');
  return side.checkTemplate(text);
}

const error = (id: string, where: Where, message: string, fix: string): ReadTemplate => ({
  findings: [{ id, severity: 'error', where: { ...where, path: 'template' }, message, fix }],
});

/** The bytes as UTF-8, or what is wrong with the file. */
function textOf(project: string, file: string, where: Where): string | ReadTemplate {
  try {
    const bytes = loadFile(resolve(project, file));
    if (bytes.length > mostBytes) {
      const message = `${file} has ${bytes.length} bytes; a template may have ${mostBytes}.`;
      return error('template/unreadable', where, message, 'Give the Jinja template alone.');
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (caught) {
    if (caught instanceof BrokenData)
      return error('template/unreadable', where, `${file} ${caught.message}.`, caught.fix);
    if (!(caught instanceof TypeError)) throw caught;
    return error('template/unreadable', where, `${file} is not UTF-8.`, 'Save it as UTF-8.');
  }
}

function readFile(project: string, file: string, where: Where): ReadTemplate {
  const text = textOf(project, file, where);
  if (typeof text !== 'string') return text;
  const { faults, marksAnswers } = check(text);
  const findings = faults.map(({ line, message, ...told }): Finding => {
    const path = line === undefined ? file : `${file}:${line}`;
    return { ...told, where: { ...where, path }, message: `${file} ${message}.` };
  });
  if (findings.some(({ severity }) => severity === 'error')) return { findings };
  return { template: { file, sha256: sha256(text) }, text, marksAnswers, findings };
}

function misfit(name: string, format: Format, where: Where): ReadTemplate {
  const usual = defaultTemplate(format);
  const message = `The template ${name} takes no rows of the format ${format}.`;
  const fix =
    format === 'text'
      ? 'Leave template out: text is learnt as it stands.'
      : `Leave template out for ${usual}, or write a chat template: 'chatml', or 'model' for the model’s own.`;
  return error('template/format', where, message, fix);
}

/** `given`: a name, or a file relative to the project's folder. */
export function readTemplate(
  project: string,
  given: TemplateName | { readonly file: string } | undefined,
  format: Format,
  where: Where,
): ReadTemplate {
  if (given === undefined || given === defaultTemplate(format)) return { findings: [] };
  const named = typeof given === 'string' ? given : given.file;
  if (format === 'text') return misfit(named, format, where);
  if (typeof given !== 'string') return readFile(project, given.file, where);
  if (given === 'model') return { template: 'model', findings: [] };
  if (!isBuiltIn(given)) return misfit(given, format, where);
  const text = builtIn[given];
  return { template: { name: given, sha256: sha256(text) }, text, findings: [] };
}
