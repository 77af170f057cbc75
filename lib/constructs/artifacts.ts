/** What is prepared for a run before it starts. */
import { contentHash, hashOf, type Sha, short } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { Where } from '../finding.ts';
import type { Artifact, GeneratedFile } from '../manifest.ts';
import type { RunInput } from '../synth/input.ts';

/** The sections of train.json that say what is prepared, with a run's overrides in them. */
function sectionsOf(files: readonly GeneratedFile[]): { readonly data?: JsonObject; readonly model?: JsonObject } {
  const text = files.find((file) => file.path.endsWith('train.json'))?.content ?? '{}';
  return JSON.parse(text) as { data?: JsonObject; model?: JsonObject };
}

interface Environment {
  readonly spec: JsonObject;
  readonly key: Sha;
}

const environments = new Map<string, Environment>();

/** Of the requirements the lines that pip reads: a comment must not make a new environment. Most runs share one. */
function environmentOf(files: readonly GeneratedFile[], device: string): Environment {
  const text = files.find((file) => file.path.endsWith('requirements.txt'))?.content ?? '';
  const requirements = text.replaceAll(/^(?:#.*|\s*)\n/gm, '').trimEnd();
  const name = `${device}\n${requirements}`;
  const spec = { requirements, device };
  const found = environments.get(name) ?? { spec, key: hashOf(spec) };
  environments.set(name, found);
  return found;
}

export interface Names {
  readonly run: string;
  readonly data: string;
  readonly model: string;
}

interface Places {
  readonly run: Where;
  readonly data: Where;
  readonly model: Where;
}

/** `after`: what weights that are merged from another run's result wait for. */
export function artifactsOf(
  names: Names,
  where: Places,
  input: RunInput,
  files: readonly GeneratedFile[],
  after: readonly string[],
): Artifact[] {
  const { spec: environmentSpec, key: environmentKey } = environmentOf(files, input.layout.device);
  const environment = `environment/${short(environmentKey)}`;
  const sections = sectionsOf(files);
  const bundle = `${names.run}#bundle`;
  const hashes = Object.fromEntries(files.map((file) => [file.path.slice(names.run.length + 1), contentHash(file)]));
  const bundleSpec = { folder: names.run, files: hashes };
  const base = { life: 'artifact' } as const;
  const made: Artifact[] = [
    {
      ...base,
      make: 'environment',
      address: environment,
      key: environmentKey,
      needs: [],
      where: where.run,
      spec: environmentSpec,
    },
    {
      ...base,
      make: 'bundle',
      address: bundle,
      key: hashOf(bundleSpec),
      needs: [],
      where: where.run,
      spec: bundleSpec,
    },
    {
      ...base,
      make: 'data',
      address: names.data,
      key: input.keys.data,
      needs: [environment, bundle],
      where: where.data,
      spec: sections.data ?? {},
    },
  ];
  if (input.keys.weights === undefined) return made;
  const { model, weights } = input.settings;
  const merged = model.source === 'run';
  // Random weights have a tokenizer of the rows; merged ones are of the type that the run loads.
  const address = `${names.model}#${merged ? weights : names.data}`;
  const needs = [environment, bundle, ...(merged ? after : [names.data])];
  const begins = merged ? { begins: { address: model.run, identity: model.identity } } : {};
  return [
    ...made,
    {
      ...base,
      make: 'weights',
      address,
      key: input.keys.weights,
      needs,
      where: where.model,
      spec: sections.model ?? {},
      ...begins,
    },
  ];
}
