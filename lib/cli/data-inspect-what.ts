/** What `sft data inspect` is to look at: data files by their paths, or the dataset of a stack. */
import { lstatSync } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { isObject, type JsonObject } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { namedFiles, shownPath } from '../data/paths.ts';
import type { NamedTemplate } from '../data/review/shaping.ts';
import { exit, fail, UserError } from '../errors.ts';
import type { Job, Manifest } from '../manifest.ts';
import { type Columns, type Format, formats } from '../settings/formats.ts';
import type { Context } from './context.ts';
import { loadValidStacks } from './programs.ts';

export interface Looked {
  /** The folder that paths are relative to. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** Of the dataset in a stack. */
  readonly format?: Format;
  readonly columns?: Columns;
  readonly template?: NamedTemplate;
  /** Of a run that learns from it: the most tokens of a row. */
  readonly maxLength?: number;
  /** The loss is on answers alone, as a run has it where it says nothing else. */
  readonly answersOnly: boolean;
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** A path of a construct has no ending, and no mark of a pattern; a file of that name comes first. */
function isConstruct(word: string, cwd: string): boolean {
  return !isThere(resolve(cwd, word)) && !/[*?[{]/.test(word) && extname(word) === '' && !/^[./~]/.test(word);
}

interface Found {
  /** `stack/dataset`. */
  readonly name: string;
  readonly settings: JsonObject;
  readonly run: Job;
}

/** Datasets of a stack, and its runs, each of which has one. */
function datasetsOf({ stack, resources }: Manifest): Found[] {
  return resources.flatMap((run): Found[] => {
    if (run.life !== 'job' || !isObject(run.settings.data)) return [];
    const settings = run.settings.data as JsonObject;
    const own = resources.find(
      (one) => one.life === 'artifact' && one.make === 'data' && run.needs.includes(one.address),
    );
    const names = [own?.where.construct, own && `${stack}/${own.address}`, `${stack}/${run.address}`];
    return [...new Set(names)].flatMap((name) => (name === undefined ? [] : [{ name, settings, run }]));
  });
}

function chosen(word: string, manifest: Manifest): Found {
  const all = datasetsOf(manifest);
  const only = new Set(all.map(({ settings }) => JSON.stringify(settings))).size === 1;
  const found = all.find(({ name }) => name === word) ?? (only && word === manifest.stack ? all[0] : undefined);
  if (found) return found;
  const names = [...new Set(all.map(({ name }) => name))].sort();
  const guess = nearest(word, names);
  const list = names.length === 0 ? 'It has no run.' : `It has: ${names.join(', ')}.`;
  const message =
    word === manifest.stack
      ? `The stack ${word} has ${names.length === 0 ? 'no dataset' : 'several datasets'}.`
      : `The stack ${manifest.stack} has no dataset ${shownPath(word)}.`;
  throw fail(
    'data/no-construct',
    message,
    guess && word !== manifest.stack ? `Did you mean "${guess}"? ${list}` : list,
    {
      exit: exit.usage,
    },
  );
}

function onHub(name: string, { id }: JsonObject): UserError {
  return fail(
    'data/on-hub',
    `${name} is the dataset ${String(id)} of the Hub, which is not on this machine.`,
    'Download one of its files, and inspect that.',
    { exit: exit.usage },
  );
}

/** What is written of the rows in the settings of a dataset. */
function shapeOf({ format, columns, template }: JsonObject): Pick<Looked, 'format' | 'columns' | 'template'> {
  const known = (Object.keys(formats) as Format[]).find((one) => one === format);
  const name = isObject(template) ? (template.name ?? template.file) : template;
  return {
    ...(known ? { format: known } : {}),
    ...(isObject(columns) ? { columns: columns as Columns } : {}),
    ...(typeof name === 'string' ? { template: { name } } : {}),
  };
}

async function construct(word: string, context: Context): Promise<Looked> {
  const [stack = ''] = word.split('/');
  const { manifests } = await loadValidStacks([stack], context);
  const manifest = manifests.find((one) => one.stack === stack) as Manifest;
  const { name, settings, run } = chosen(word, manifest);
  if (settings.source !== 'file') throw onHub(name, settings);
  const written = (Array.isArray(settings.path) ? settings.path : [settings.path]) as string[];
  // As the person who stands in some folder of the project can open it.
  const paths = written.map((path) => relative(context.cwd, resolve(context.project, path)));
  const { maxLength, loss } = run.settings;
  const answersOnly = loss !== 'all';
  return {
    folder: context.cwd,
    paths,
    ...shapeOf(settings),
    answersOnly,
    ...(typeof maxLength === 'number' ? { maxLength } : {}),
  };
}

/** Of the two, a file is meant more often. */
function isNeither(error: unknown): boolean {
  const ids = error instanceof UserError ? error.findings.map(({ id }) => id) : [];
  return ids.length > 0 && ids.every((id) => id === 'stack/unknown' || id === 'program/none');
}

function files(words: readonly string[], { cwd }: Context): Looked {
  const { paths, findings } = namedFiles(cwd, words, {});
  if (findings.length > 0) throw new UserError(findings, exit.usage);
  return { folder: cwd, paths, answersOnly: true };
}

/** Throws UserError where nothing is named, or what is named is not there. */
export async function lookedAt(words: readonly string[], context: Context): Promise<Looked> {
  const [first = ''] = words;
  if (words.length === 0)
    throw fail(
      'usage/arguments',
      'sft data inspect needs a file, or the dataset of a stack.',
      'sft data inspect FILE',
      {
        exit: exit.usage,
      },
    );
  if (words.length > 1 || !isConstruct(first, context.cwd)) return files(words, context);
  try {
    return await construct(first, context);
  } catch (caught) {
    if (!isNeither(caught)) throw caught;
    return files(words, context);
  }
}
