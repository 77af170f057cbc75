/** A model that is another run's result: what of it is known before that run is done, and whether it fits. */

import { canonical } from '../base/json.ts';
import { resultPath } from '../base/run-folder.ts';
import type { Finding, Where } from '../finding.ts';
import type { RunSettings } from '../settings/run.ts';
import type { RunInput } from '../synth/input.ts';
import type { Start } from './resolve.ts';

type RunModel = Extract<RunSettings['model'], { source: 'run' }>;
type Adapter = Exclude<RunSettings['method'], { kind: 'full' }>;

/** The run whose result is used, as built. */
export interface Upstream {
  readonly input: RunInput;
  /** Address of the weights artifact that its adapter lies on; absent where that is no artifact. */
  readonly weights?: string | undefined;
}

/** What the adapter of a run lies on. */
function baseOf({ settings: { model }, keys }: RunInput): RunModel['base'] {
  switch (model.source) {
    case 'hub': {
      const { id, revision, token } = model;
      return { source: 'hub', id, ...(revision === undefined ? {} : { revision }), ...(token ? { token } : {}) };
    }
    case 'path':
      return { source: 'path', path: model.path };
    case 'config':
      return { source: 'weights', key: keys.weights ?? '' };
    case 'run':
      if (model.use === 'adapter') return model.base;
      if (model.use === 'merged') return { source: 'weights', key: keys.weights ?? '' };
      return { source: 'run', result: resultPath({ address: model.run, identity: model.identity }) };
  }
}

/** The resolved model. What does not go together with the run that uses it is told by `misfits`. */
export function modelOf({ use }: Start, { input }: Upstream): RunModel {
  const { address, identity, settings } = input;
  const { model } = settings;
  const trustRemoteCode = model.source !== 'config' && model.trustRemoteCode;
  const common = { source: 'run', run: address, identity, trustRemoteCode } as const;
  if (settings.method.kind === 'full') return { ...common, use: 'model' };
  const base = baseOf(input);
  return { ...common, use: use ?? 'adapter', ...(base ? { base } : {}) };
}

/** Asked for an adapter of a run that has none. */
export function noAdapter({ use }: Start, { input }: Upstream, where: Where): Finding[] {
  if (use !== 'adapter' || input.settings.method.kind !== 'full') return [];
  return [
    {
      id: 'model/no-adapter',
      severity: 'error',
      where: { ...where, path: 'use' },
      given: use,
      message: `The run ${input.address} trains all weights: its result is a whole model, without an adapter.`,
      fix: 'Leave use out.',
    },
  ];
}

/** Settings that an adapter is made with. Its dropout may change. */
const shape = ['rank', 'alpha', 'targets', 'modulesToSave', 'bias', 'rslora', 'dora'] as const;

const inOrder = (value: unknown) => canonical(Array.isArray(value) ? [...value].sort() : value);

const another = "or begin a new adapter on the merged weights: Model.fromRun(..., { use: 'merged' }).";

function shapeFindings(own: Adapter, theirs: Adapter, run: string, where: Where): Finding[] {
  return shape
    .filter((key) => inOrder(own[key]) !== inOrder(theirs[key]))
    .map((key) => ({
      id: 'model/adapter-shape',
      severity: 'error',
      where: { ...where, path: `method.${key}` },
      given: own[key],
      message: `The adapter of ${run} has ${key} ${JSON.stringify(theirs[key])}, and is trained on as it is.`,
      fix: `Set ${key} to the same, ${another}`,
    }));
}

function packingOf(method: Adapter): string {
  return method.kind === 'qlora' ? `${method.bits}-bit${method.bits === 4 ? ` ${method.type}` : ''}` : 'unpacked';
}

/** Whether a run can begin with the adapter that it is given. */
export function misfits({ model, method }: RunSettings, { input }: Upstream, where: Where): Finding[] {
  if (model.source !== 'run' || model.use !== 'adapter') return [];
  const theirs = input.settings.method as Adapter;
  if (method.kind === 'full')
    return [
      {
        id: 'model/adapter-method',
        severity: 'error',
        where: { ...where, path: 'method' },
        given: method.kind,
        message: `The run begins with the adapter of ${model.run}, and full() trains all weights.`,
        fix: "Use lora() of the same shape, or merge the adapter first: Model.fromRun(..., { use: 'merged' }).",
      },
    ];
  const [before, now] = [packingOf(theirs), packingOf(method)];
  const packed: Finding = {
    id: 'model/adapter-base',
    severity: 'warning',
    where: { ...where, path: 'method' },
    given: now,
    message: `The adapter of ${model.run} was trained beside ${before} weights; here they are ${now}, and the loss may begin higher.`,
    fix: 'Use the same kind of method and bits, unless you mean this.',
  };
  return [...shapeFindings(method, theirs, model.run, where), ...(before === now ? [] : [packed])];
}
