/** What is prepared for a run before it starts. */
import { hashOf, sha256, short } from '../base/hash.ts';
import type { JsonObject } from '../base/json.ts';
import type { Where } from '../finding.ts';
import type { Artifact, GeneratedFile } from '../manifest.ts';
import type { RunInput } from '../synth/input.ts';

function section(files: readonly GeneratedFile[], name: 'data' | 'model'): JsonObject {
  const text = files.find((file) => file.path.endsWith('train.json'))?.content ?? '{}';
  return (JSON.parse(text) as Record<string, JsonObject>)[name] ?? {};
}

/** Lines of requirements that pip reads: a comment must not make a new environment. */
function requirementLines(files: readonly GeneratedFile[]): string {
  const text = files.find((file) => file.path.endsWith('requirements.txt'))?.content ?? '';
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .join('\n');
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
  const environmentSpec = { requirements: requirementLines(files), device: input.layout.device };
  const environmentKey = hashOf(environmentSpec);
  const environment = `environment/${short(environmentKey)}`;
  const bundle = `${names.run}#bundle`;
  const hashes = Object.fromEntries(files.map((file) => [file.path.slice(names.run.length + 1), sha256(file.content)]));
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
      spec: section(files, 'data'),
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
      spec: section(files, 'model'),
      ...begins,
    },
  ];
}
