/**
 * `train.json`, read by the trainer. `sft`, `peft` and `quantization` are the keyword arguments of trl.SFTConfig,
 * peft.LoraConfig and transformers.BitsAndBytesConfig, under exactly their names.
 */
import { type Json, type JsonObject, jsonText } from '../base/json.ts';
import { resultPath } from '../base/run-folder.ts';
import type { GeneratedFile } from '../manifest.ts';
import { heading } from './heading.ts';
import type { RunInput } from './input.ts';
import { type Fields, nest, placed } from './places.ts';
import { alongside, computed } from './train-fields.ts';

/** Order of the top-level keys; `format` grows when the trainer must read them differently. */
export const head = [
  '//',
  'format',
  'stack',
  'run',
  'identity',
  'world_size',
  'model',
  'data',
  'peft',
  'quantization',
  'sft',
  'deepspeed',
  'supervise',
  'secrets',
  'tags',
];

/** The result that the model is, below the workspace. */
function startsFrom({ settings: { model } }: RunInput): string | undefined {
  return model.source === 'run' ? resultPath({ address: model.run, identity: model.identity }) : undefined;
}

/** What says which run this is and which artifacts it rests on. */
function frame(input: RunInput): Fields {
  const { settings, keys } = input;
  return {
    '/format': 1,
    '/stack': input.stack,
    '/run': input.address,
    '/identity': input.identity,
    '/world_size': input.derived.world,
    '/model/source': settings.model.source,
    '/model/key': ['config', 'run'].includes(settings.model.source) ? keys.weights : undefined,
    '/model/result': startsFrom(input),
    '/data/source': settings.data.source,
    '/data/key': keys.data,
    // The trainer counts again, and refuses where it finds others.
    '/data/fixed': input.fixed as JsonObject | undefined,
    '/data/mixed': input.mixed as unknown as Json,
    '/peft/task_type': settings.method.kind === 'full' ? undefined : 'CAUSAL_LM',
    '/deepspeed': settings.zero ? 'deepspeed.json' : undefined,
  };
}

export function trainJson(input: RunInput): GeneratedFile {
  const computedFields = Object.values(computed).map((compute) => compute(input));
  const copied = placed(input.settings, 'train.json', new Set(Object.keys(computed)));
  const body = nest(frame(input), copied, ...computedFields, alongside(input));
  return { path: 'train.json', content: jsonText({ '//': heading(input), ...body }, head), mode: 0o644 };
}
