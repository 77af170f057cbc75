/** A run's overrides, carried out on its files. What cannot be followed is left alone here; override-check.ts tells it. */
import { type Json, jsonText } from '../base/json.ts';
import { quote } from '../base/shell.ts';
import type { GeneratedFile } from '../manifest.ts';
import type { Document, Override } from '../settings/documents.ts';
import { eachOverride, placeOf } from '../settings/overrides.ts';
import { oneLine } from './heading.ts';
import { Blocked, put } from './pointer.ts';
import { head } from './train-json.ts';

type Line = { readonly name: string; readonly text: string };

/** How the lines of a file begin that can be named, and how one is written. */
interface LineForm {
  readonly nameOf: (line: string) => string | undefined;
  readonly write: (name: string, value: string) => string;
}

/** Names of Python packages are the same with other dashes and letters (PEP 503). */
const normal = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
const same = (name: string) => name;

export const lineForms: Readonly<Record<string, LineForm & { readonly key: (name: string) => string }>> = {
  '.deepspeed_env': {
    nameOf: (line) => /^(\w+)=/.exec(line)?.[1],
    write: (name, value) => `${name}=${value}`,
    key: same,
  },
  'launch.sh': {
    // Ours stand at the margin; those in the blocks of the script are its own.
    nameOf: (line) => /^export (\w+)=/.exec(line)?.[1],
    write: (name, value) => `export ${name}=${quote(value)}`,
    key: same,
  },
  hostfile: {
    nameOf: (line) => /^(\S+) slots=/.exec(line)?.[1],
    write: (name, value) => `${name} slots=${value}`,
    key: same,
  },
  'requirements.txt': {
    nameOf: (line) => /^([A-Za-z0-9][\w.-]*)\s*(?:\[|[=<>!~@])/.exec(line)?.[1],
    write: (name, value) =>
      /^[0-9]/.test(value) ? `${name}==${value}` : `${name}${value.startsWith('@') ? ' ' : ''}${value}`,
    key: normal,
  },
};

/** Names of the lines that a file has. */
export function namesIn(document: string, content: string): Line[] {
  const form = lineForms[document];
  return content.split('\n').flatMap((text) => {
    const name = form?.nameOf(text);
    return form && name !== undefined ? [{ name: form.key(name), text }] : [];
  });
}

function overrideLine(content: string, { document, at, value }: Override): string {
  const form = lineForms[document];
  if (!form) return content;
  const lines = content.split('\n');
  const isIt = (line: string) => {
    const name = form.nameOf(line);
    return name !== undefined && form.key(name) === form.key(at);
  };
  const index = lines.findIndex(isIt);
  if (value === null) return lines.filter((_, place) => place !== index).join('\n');
  const line = form.write(at, String(value));
  const last = lines.findLastIndex((each) => form.nameOf(each) !== undefined);
  return (index < 0 ? lines.toSpliced(last + 1, 0, line) : lines.with(index, line)).join('\n');
}

/** The value with all overrides of a document that can be followed. */
export function overrideValue(value: Json, overrides: readonly Override[]): Json {
  return overrides.reduce((document, { at, value: wanted }) => {
    try {
      return put(document, at, wanted);
    } catch (caught) {
      if (caught instanceof Blocked) return document;
      throw caught;
    }
  }, value);
}

/** What the first line or field of a file says of overrides. */
export function overriddenText(overrides: readonly Override[]): string {
  return oneLine(`Overridden in that program: ${overrides.map(placeOf).join(', ')}.`);
}

function withHead(document: Document, value: Json, told: readonly Override[]): string {
  if (document !== 'train.json') return jsonText(value);
  const { '//': said, ...body } = value as Record<string, Json>;
  return jsonText({ '//': `${String(said)} ${overriddenText(told)}`, ...body }, head);
}

/** Below the first comment line; launch.sh has its interpreter before that. */
function withComment(content: string, told: readonly Override[]): string {
  const lines = content.split('\n');
  const first = lines.findIndex((line) => line.startsWith('# '));
  return first < 0 ? content : lines.toSpliced(first + 1, 0, `# ${overriddenText(told)}`).join('\n');
}

/** Files that all of a run's overrides are told in; the others tell their own, where their readers allow a comment. */
const tellAll = ['train.json', 'launch.sh'];
const commented = ['launch.sh', 'requirements.txt'];

function overrideFile(file: GeneratedFile, all: readonly Override[]): GeneratedFile {
  const own = all.filter(({ document }) => document === file.path);
  const told = tellAll.includes(file.path) ? all : own;
  if (told.length === 0) return file;
  if (file.path.endsWith('.json')) {
    const value = overrideValue(JSON.parse(file.content) as Json, own);
    return { ...file, content: withHead(file.path as Document, value, told) };
  }
  const content = own.reduce(overrideLine, file.content);
  return { ...file, content: commented.includes(file.path) ? withComment(content, told) : content };
}

/** The files of one run, named without its folder. */
export function overrideFiles(files: readonly GeneratedFile[], given: unknown): GeneratedFile[] {
  const all = eachOverride(given);
  return all.length === 0 ? [...files] : files.map((file) => overrideFile(file, all));
}
