/** Keys of what is prepared for a run: the hash of all that shapes it. */
import { hashOf, type Sha } from '../base/hash.ts';
import { exactFix } from '../settings/fixes.ts';
import { isDialogue } from '../settings/formats.ts';
import { contentOf, withoutNames } from '../settings/identity.ts';
import { eachOverride } from '../settings/overrides.ts';
import type { RunSettings } from '../settings/run.ts';

/** Grows when the trainer's preparation makes other bytes of the same rows. */
const preparation = 1;

/** Overrides of a section of train.json, from which an artifact is made. */
function overridden(name: 'data' | 'model', { overrides }: RunSettings) {
  const found = eachOverride(overrides).filter(
    ({ document, at }) => document === 'train.json' && at.startsWith(`/${name}/`),
  );
  return found.length === 0 ? {} : { overrides: found.map(({ at, value }) => [at, value]) };
}

/** Where a run's overrides change what is prepared, that is an artifact of its own, beside the one that others share. */
export function preparedAddress(name: 'data' | 'model', shared: string, run: string, settings: RunSettings): string {
  return 'overrides' in overridden(name, settings) ? `${shared}#${run}` : shared;
}

export function dataKey(settings: RunSettings): Sha {
  const { data } = settings;
  const { format, columns, samples, seed, evaluation } = data;
  const fix = exactFix(data.fix);
  // Without sampling or a split the seed shapes nothing.
  const drawn =
    samples !== undefined || evaluation !== undefined ? { samples, seed, evaluation: withoutNames(evaluation) } : {};
  const source =
    data.source === 'file'
      ? { files: data.files.map(contentOf) }
      : { id: data.id, revision: data.revision, config: data.config, split: data.split };
  // With whatever chat template, rows are prepared as turns; those of a dialogue are turns anyway.
  const turns = data.template === undefined || isDialogue(format) ? {} : { turns: true };
  // The seed draws what is taken of each part.
  const mixed = data.source === 'file' && data.mix ? { mix: data.mix, seed } : {};
  return hashOf({
    preparation,
    format,
    columns,
    ...turns,
    ...drawn,
    ...mixed,
    ...source,
    ...(fix ? { fix } : {}),
    ...overridden('data', settings),
  });
}

export function weightsKey(settings: RunSettings, data: Sha): Sha | undefined {
  const { model } = settings;
  if (model.source === 'run' && model.use === 'merged')
    return hashOf({ preparation, merged: model.identity, dtype: settings.weights, ...overridden('model', settings) });
  if (model.source !== 'config') return undefined;
  const { config, tokenizer, seed } = model;
  return hashOf({ preparation, config, tokenizer, seed, data, ...overridden('model', settings) });
}
