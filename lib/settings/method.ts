/** What is trained: all weights, or an adapter beside frozen (and maybe quantised) ones. */
import * as z from 'zod';
import { kinds, setting } from './table.ts';

const adapter = {
  rank: setting(kinds.count.default(16), {
    class: 'semantic',
    doc: 'LoRA rank r.',
    place: 'train.json#/peft/r',
  }),
  alpha: setting(kinds.positive.default(32), {
    class: 'semantic',
    doc: 'LoRA alpha; the update is scaled by alpha / rank.',
    place: 'train.json#/peft/lora_alpha',
  }),
  dropout: setting(z.number().min(0).lt(1).default(0.05), {
    class: 'semantic',
    doc: 'Dropout before the adapter.',
    place: 'train.json#/peft/lora_dropout',
  }),
  targets: setting(z.union([z.literal('all-linear'), z.array(kinds.text).min(1)]).default('all-linear'), {
    class: 'semantic',
    doc: 'Modules that get an adapter, by the end of their names, or all linear ones but the output head.',
    place: 'train.json#/peft/target_modules',
  }),
  modulesToSave: setting(z.array(kinds.text).default([]), {
    class: 'semantic',
    doc: 'Modules trained in full and saved with the adapter (embeddings, lm_head).',
    place: 'train.json#/peft/modules_to_save',
  }),
  bias: setting(z.enum(['none', 'all', 'lora_only']).default('none'), {
    class: 'semantic',
    doc: 'Which biases are trained.',
    place: 'train.json#/peft/bias',
  }),
  rslora: setting(z.boolean().default(false), {
    class: 'semantic',
    doc: 'Scale by alpha / sqrt(rank) instead (arXiv 2312.03732).',
    place: 'train.json#/peft/use_rslora',
  }),
  dora: setting(z.boolean().default(false), {
    class: 'semantic',
    doc: 'Weight-decomposed LoRA (arXiv 2402.09353).',
    place: 'train.json#/peft/use_dora',
  }),
};

const quantised = {
  bits: setting(z.union([z.literal(4), z.literal(8)]).default(4), {
    class: 'semantic',
    doc: 'Bits of the frozen weights.',
    place: 'train.json#/quantization/load_in_4bit',
    via: '4 -> load_in_4bit, 8 -> load_in_8bit',
  }),
  type: setting(z.enum(['nf4', 'fp4']).default('nf4'), {
    class: 'semantic',
    doc: '4-bit data type (arXiv 2305.14314).',
    place: 'train.json#/quantization/bnb_4bit_quant_type',
    via: 'only where bits is 4',
  }),
  doubleQuantization: setting(z.boolean().default(true), {
    class: 'semantic',
    doc: 'Quantise the quantisation constants too: 0.516 instead of 0.5625 bytes a weight.',
    place: 'train.json#/quantization/bnb_4bit_use_double_quant',
    via: 'only where bits is 4',
  }),
  compute: setting(z.enum(['bf16', 'fp16', 'fp32']).default('bf16'), {
    class: 'semantic',
    doc: 'Type that the weights are unpacked to for arithmetic.',
    place: 'train.json#/quantization/bnb_4bit_compute_dtype',
    via: 'torch’s name of the type; only where bits is 4',
  }),
  storage: setting(z.enum(['bf16', 'fp16', 'fp32', 'uint8']).default('bf16'), {
    class: 'placement',
    doc: 'Type that packed weights are stored as; ZeRO-3 and FSDP can shard bf16, not uint8.',
    place: 'train.json#/quantization/bnb_4bit_quant_storage',
    via: 'torch’s name of the type; only where bits is 4',
  }),
};

export const method = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('full') }),
  z.strictObject({ kind: z.literal('lora'), ...adapter }),
  z.strictObject({ kind: z.literal('qlora'), ...adapter, ...quantised }),
]);

export const lora = z.strictObject(adapter);
export const qlora = z.strictObject({ ...adapter, ...quantised });

export type Method = z.output<typeof method>;
