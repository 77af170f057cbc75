/**
 * `deepspeed.json`, read by DeepSpeed through the Hugging Face Trainer. "auto" stands exactly where the Trainer fills
 * in what `train.json` says (transformers/integrations/deepspeed.py), so that no value is written twice.
 */
import { type JsonObject, jsonText } from '../base/json.ts';
import type { GeneratedFile } from '../manifest.ts';
import type { Zero } from '../settings/zero.ts';
import type { RunInput } from './input.ts';
import { type Computed, type Fields, nest, placed } from './places.ts';

/** DeepSpeed passes over a top-level key that it does not know, without a word: only these are ever written. */
export const topLevel = [
  'bf16',
  'fp16',
  'gradient_accumulation_steps',
  'gradient_clipping',
  'train_batch_size',
  'train_micro_batch_size_per_gpu',
  'zero_optimization',
] as const;

const filledByTrainer: Fields = {
  '/bf16/enabled': 'auto',
  '/fp16/enabled': 'auto',
  '/gradient_accumulation_steps': 'auto',
  '/gradient_clipping': 'auto',
  '/train_batch_size': 'auto',
  '/train_micro_batch_size_per_gpu': 'auto',
};

/** Sized by the Trainer from the model's hidden size; without ZeRO there are no buckets. */
function buckets(stage: Zero['stage']): Fields {
  return {
    '/zero_optimization/reduce_bucket_size': stage >= 1 ? 'auto' : undefined,
    '/zero_optimization/stage3_prefetch_bucket_size': stage === 3 ? 'auto' : undefined,
    '/zero_optimization/stage3_param_persistence_threshold': stage === 3 ? 'auto' : undefined,
    // Without it a save under stage 3 leaves no weights that anything else can read.
    '/zero_optimization/stage3_gather_16bit_weights_on_model_save': stage === 3 ? true : undefined,
  };
}

const toHost = (device: 'cpu' | undefined) => (device ? { device, pin_memory: true } : undefined);

export const computed: Computed<RunInput> = {
  'zero.offload': ({ settings: { zero } }) => ({
    '/zero_optimization/offload_optimizer': toHost(zero?.offload?.optimizer),
    '/zero_optimization/offload_param': toHost(zero?.offload?.parameters),
  }),
};

/** Nothing says what made it: DeepSpeed has no place for a comment, and strict readers refuse unknown keys. */
export function deepspeedJson(input: RunInput): GeneratedFile[] {
  const { zero } = input.settings;
  if (!zero) return [];
  const copied = placed(input.settings, 'deepspeed.json', new Set(Object.keys(computed)));
  const computedFields = Object.values(computed).map((compute) => compute(input));
  const body: JsonObject = nest(filledByTrainer, buckets(zero.stage), copied, ...computedFields);
  return [{ path: 'deepspeed.json', content: jsonText(body), mode: 0o644 }];
}
