/** What a run's evidence follows from: its rows, how they are read and cut, the template, the tokenizer. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Sha, short } from '../../base/hash.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { resultPath } from '../../base/run-folder.ts';
import type { Artifact, Job, Manifest } from '../../manifest.ts';
import type { Fix } from '../../settings/fixes.ts';
import { type Format, isDialogue } from '../../settings/formats.ts';
import { eachOverride, placeOf } from '../../settings/overrides.ts';
import { defaultTemplate, type TemplateName } from '../../settings/templates.ts';
import type { TokenizerSource } from '../tokens/locate.ts';
import type { TokensUnknown } from './facts.ts';
import type { Cutting } from './part-tokens.ts';

/** How the trainer makes tokens of rows: SFTConfig's max_length, truncation_mode, packing, and the loss. */
export interface Learning extends Cutting {
  /** The loss is on what answers alone. */
  readonly answersOnly: boolean;
}

/** Of a dataset's settings. */
export const fixOf = ({ fix }: JsonObject) => (isObject(fix) ? (fix as Fix) : undefined);

/** `jinja`: the user's own. */
export type WantedTemplate = { readonly name: TemplateName } | { readonly jinja: string };

export interface EvidenceRequest {
  /** The run's settings of its data. */
  readonly data: JsonObject;
  readonly learning: Learning;
  readonly template: WantedTemplate | TokensUnknown;
  readonly tokenizer: TokenizerSource | TokensUnknown;
  /** The version that the run is trained with. */
  readonly transformers?: string;
}

/** Paths as the settings hold them: what is evaluated on comes behind what is learnt from. */
export function pathsOf({ data }: EvidenceRequest): string[] {
  return [data.path, data.evaluationPath ?? []].flat() as string[];
}

interface Planned {
  readonly sha256: Sha;
  readonly encoding?: string;
}

const filesIn = (value: unknown) => (isObject(value) && Array.isArray(value.files) ? (value.files as Planned[]) : []);

/** The files at these paths, and how many of them are learnt from. */
export function filesOf({ data }: EvidenceRequest): { readonly files: readonly Planned[]; readonly learnt: number } {
  const learnt = filesIn(data);
  return { files: [...learnt, ...filesIn(data.evaluation)], learnt: learnt.length };
}

/** Where things lie: the project's folder, and the workspace where it is on this machine. */
export interface Here {
  readonly project: string;
  readonly workspace?: string;
}

/** Overrides that make other tokens, in ways that are not followed here. */
const others =
  /^\/(?:data|model)\/|^\/sft\/(?:eos_token|chat_template_path|dataset_kwargs|dataset_text_field|dataset_num_proc|eval_packing|packing_strategy|shuffle_dataset)(?:\/|$)/;

/** In a run's bundle. */
export const templateFile = 'chat_template.jinja';

const trainJson = (settings: JsonObject) =>
  eachOverride(settings.overrides).filter(({ document }) => document === 'train.json');

/** The place of an override that makes other tokens than the settings say. */
function strange(settings: JsonObject): string | undefined {
  const found = trainJson(settings).find(({ at }) => others.test(at));
  return found && placeOf(found);
}

function learningOf(settings: JsonObject): Learning {
  const over = new Map(trainJson(settings).map(({ at, value }) => [at, value]));
  const value = (name: string, otherwise: Json | undefined) => over.get(`/sft/${name}`) ?? otherwise;
  const has = (name: string) => over.has(`/sft/${name}`);
  const data = isObject(settings.data) ? settings.data : {};
  const isAnswers = settings.loss !== 'all';
  const loss = isDialogue(data.format as Format) ? 'assistant_only_loss' : 'completion_only_loss';
  // Taken out or null, a length is none; a number is TRL's own maximum.
  const { truncate, drop, split } = fixOf(data as JsonObject) ?? {};
  const tooLong = split ? 'split' : drop?.includes('too-long') ? 'drop' : undefined;
  const length = has('max_length') ? over.get('/sft/max_length') : settings.maxLength;
  return {
    ...(typeof length === 'number' ? { maxLength: length } : {}),
    ...(tooLong === undefined ? {} : { tooLong }),
    keepsEnd: value('truncation_mode', truncate ?? 'keep_start') === 'keep_end',
    packing: value('packing', settings.packing ?? false) === true,
    answersOnly: value(loss, isAnswers) === true,
  };
}

function templateOf(data: JsonObject, text: string | undefined): WantedTemplate | TokensUnknown {
  const { template, format } = data;
  if (template === 'model') return { name: 'model' };
  if (!isObject(template)) return { name: defaultTemplate(format as Format) };
  if (typeof template.name === 'string') return { name: template.name as TemplateName };
  return text === undefined ? { unknown: 'the template as it was applied is not at hand' } : { jinja: text };
}

const afterApply: TokensUnknown = { unknown: 'apply makes the tokenizer first' };

/** What a run rests on, beside its settings. */
export interface Parts {
  /** Key of the weights that are made for it. */
  readonly weights?: Sha | undefined;
  /** The version that it is trained with. */
  readonly transformers?: string | undefined;
  /** The text of its own template. */
  readonly template?: string | undefined;
}

function tokenizerOf(job: Job, { weights }: Parts, { project, workspace }: Here): TokenizerSource | TokensUnknown {
  const model = isObject(job.settings.model) ? (job.settings.model as JsonObject) : {};
  const { source, id, revision, path } = model;
  if (source === 'hub' && typeof id === 'string') return { id, ...(typeof revision === 'string' ? { revision } : {}) };
  if (source === 'path' && typeof path === 'string') return { folder: resolve(project, path) };
  if (workspace === undefined) return { unknown: 'the tokenizer is on the nodes' };
  const made = weights && join(workspace, 'weights', short(weights));
  const isThere = (folder: string | undefined) => folder !== undefined && existsSync(join(folder, 'tokenizer.json'));
  if (source === 'config') return isThere(made) ? { made: made as string } : afterApply;
  const folder = model.use === 'merged' ? made : job.begins && join(workspace, resultPath(job.begins));
  return isThere(folder) ? { folder: folder as string } : afterApply;
}

/** Why the rows themselves are not known here. */
function unread(data: JsonObject, override: string | undefined): string | undefined {
  if (override?.startsWith('train.json#/data/')) return `${override} is overridden, which makes other rows`;
  return data.source === 'file' ? undefined : 'rows of the Hub are read on the node';
}

/** Or why there is nothing to ask: the rows cannot be read here. */
export function requestOf(job: Job, parts: Parts, here: Here): EvidenceRequest | TokensUnknown {
  const { settings } = job;
  const learning = learningOf(settings);
  const data = isObject(settings.data) ? (settings.data as JsonObject) : {};
  const override = strange(settings);
  const unknown = unread(data, override);
  if (unknown !== undefined) return { unknown };
  if (data.mix !== undefined && learning.packing) return { unknown: 'packed rows of a mix are not counted here' };
  const changed = override && { unknown: `${override} is overridden, which makes others` };
  return {
    data,
    learning,
    template: templateOf(data, parts.template),
    tokenizer: changed || tokenizerOf(job, parts, here),
    ...(parts.transformers === undefined ? {} : { transformers: parts.transformers }),
  };
}

/** What `requirements` pin of transformers. */
export const transformersIn = (requirements: string) => /^transformers==(\S+)/m.exec(requirements)?.[1];

/** Of a run that a program has just made. */
export function partsOf(job: Job, { resources, files }: Pick<Manifest, 'resources' | 'files'>): Parts {
  const needs = new Set(job.needs);
  const own = resources.filter((one): one is Artifact => one.life === 'artifact' && needs.has(one.address));
  const made = (make: Artifact['make']) => own.find((one) => one.make === make);
  return {
    weights: made('weights')?.key,
    transformers: transformersIn(String(made('environment')?.spec.requirements ?? '')),
    template: files.find(({ path }) => path === `${job.folder}/${templateFile}`)?.content,
  };
}
