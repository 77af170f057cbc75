/** What `sft data inspect` is to look at: data files by their paths, or the dataset of a stack. */
import { lstatSync } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { isObject, type JsonObject } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { type EvidenceRequest, fixOf, partsOf, requestOf } from '../data/evidence/request.ts';
import type { PartSettings } from '../data/part.ts';
import { namedFiles, shownPath } from '../data/paths.ts';
import type { NamedTemplate } from '../data/review/shaping.ts';
import { findTokenizer } from '../data/tokens/locate.ts';
import { exit, fail, UserError } from '../errors.ts';
import type { Job, Manifest } from '../manifest.ts';
import { type ExactFix, exactFix } from '../settings/fixes.ts';
import { type Columns, type Format, formats, type WrittenEncoding, writtenEncodings } from '../settings/formats.ts';
import type { Context } from './context.ts';
import { placesIn, type WantedTokenizer } from './data-inspect-tokenizer.ts';
import { loadValidStacks } from './programs.ts';

export interface Looked {
  /** The folder that paths are relative to. */
  readonly folder: string;
  readonly paths: readonly string[];
  readonly format?: Format;
  readonly columns?: Columns;
  /** Absent: found by what the bytes say. */
  readonly encoding?: WrittenEncoding;
  readonly template?: NamedTemplate;
  /** The loss is on answers alone, as a run has it where it says nothing else. */
  readonly answersOnly: boolean;
  /** Of a run that learns from it: the most tokens of a row, and how longer ones are cut. */
  readonly maxLength?: number;
  /** What becomes of a longer one, where it is not cut. */
  readonly tooLong?: 'drop' | 'split';
  readonly keepsEnd?: boolean;
  readonly packing?: boolean;
  /** Of its dataset: which rows it draws, and is evaluated on. */
  readonly part?: PartSettings;
  /** Rows that the dataset leaves out. */
  readonly fix?: ExactFix | undefined;
  /** Of its model; absent for files by themselves. */
  readonly tokenizer?: WantedTokenizer | { readonly unknown: string };
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

/** Its parts are read each in its own way. */
function ofMix(name: string, settings: JsonObject, context: Context): UserError {
  const paths = pathsOf(settings, context).map(shownPath).join(' ');
  return fail(
    'mix/inspect',
    `${name} is a mix, and only the files of its parts can be inspected.`,
    `sft data inspect FILE, one part after the other: ${paths}`,
    { exit: exit.usage },
  );
}

const listed = (path: unknown) => (Array.isArray(path) ? path : path === undefined ? [] : [path]) as string[];

/** The files to evaluate on stand behind those to learn from. */
function pathsOf({ path, evaluationPath }: JsonObject, { cwd, project }: Context): string[] {
  // As the person who stands in some folder of the project can open it.
  return [...listed(path), ...listed(evaluationPath)].map((one) => relative(cwd, resolve(project, one)));
}

function templateOf({ template }: EvidenceRequest, { template: written }: JsonObject): NamedTemplate | undefined {
  if ('unknown' in template) return undefined;
  if ('name' in template) return template;
  return { name: isObject(written) ? String(written.file) : 'template', ...template };
}

function wantedTokenizer(
  { tokenizer, transformers }: EvidenceRequest,
  workspace: string | undefined,
): Looked['tokenizer'] {
  if (tokenizer === undefined || 'unknown' in tokenizer) return tokenizer;
  const name = 'id' in tokenizer ? tokenizer.id : 'folder' in tokenizer ? tokenizer.folder : 'the run’s own';
  return { name, find: () => findTokenizer(tokenizer, placesIn(workspace, transformers)) };
}

/** What of a run's settings shapes its rows. */
function ofRun(run: Job, manifest: Manifest, { project }: Context): Partial<Looked> {
  const { target } = manifest;
  const workspace = target?.kind === 'local' ? resolve(project, target.workspace) : undefined;
  const request = requestOf(run, partsOf(run, manifest), {
    project,
    ...(workspace === undefined ? {} : { workspace }),
  });
  if ('unknown' in request) return { tokenizer: request };
  const { learning, data } = request;
  const { maxLength, tooLong, ...how } = learning;
  const { format, columns } = data;
  const encoding = writtenEncodings.find((one) => one === data.encoding);
  const known = (Object.keys(formats) as Format[]).find((one) => one === format);
  const template = templateOf(request, data);
  const tokenizer = wantedTokenizer(request, workspace);
  return {
    ...how,
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(tooLong === undefined ? {} : { tooLong }),
    fix: exactFix(fixOf(data)),
    ...(known ? { format: known } : {}),
    ...(isObject(columns) ? { columns: columns as Columns } : {}),
    ...(encoding ? { encoding } : {}),
    ...(template ? { template } : {}),
    ...(tokenizer ? { tokenizer } : {}),
    part: data as unknown as PartSettings,
  };
}

async function construct(word: string, context: Context): Promise<Looked> {
  const [stack = ''] = word.split('/');
  const { manifests } = await loadValidStacks([stack], context);
  const manifest = manifests.find((one) => one.stack === stack) as Manifest;
  const { name, settings, run } = chosen(word, manifest);
  if (settings.source !== 'file') throw onHub(name, settings);
  if (settings.mix !== undefined) throw ofMix(name, settings, context);
  const answersOnly = run.settings.loss !== 'all';
  return { folder: context.cwd, paths: pathsOf(settings, context), answersOnly, ...ofRun(run, manifest, context) };
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
