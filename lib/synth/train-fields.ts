/** Fields of `train.json` that are not copied from a setting as they are. */
import type { Json } from '../base/json.ts';
import { isDialogue } from '../settings/formats.ts';
import type { RunSettings } from '../settings/run.ts';
import { secretsOf } from './environment.ts';
import type { RunInput } from './input.ts';
import type { Computed, Fields } from './places.ts';

type Quantized = Extract<RunSettings['method'], { kind: 'qlora' }>;

/** torch's names of the types. */
const torchTypes = { bf16: 'bfloat16', fp16: 'float16', fp32: 'float32', uint8: 'uint8' } as const;

/** A field of BitsAndBytesConfig that counts for 4 bits only. */
function fourBit(field: string, value: (method: Quantized) => Json): (input: RunInput) => Fields {
  return ({ settings: { method } }) =>
    method.kind === 'qlora' && method.bits === 4 ? { [`/quantization/${field}`]: value(method) } : {};
}

/** One row for each setting whose `via` says that it is computed; a test holds the two together. */
export const computed: Computed<RunInput> = {
  'batch.global': ({ derived }) => ({ '/sft/gradient_accumulation_steps': derived.accumulation }),
  warmup: ({ settings: { warmup } }) => ({ '/sft/warmup_steps': 'steps' in warmup ? warmup.steps : warmup.ratio }),
  // Both are said: left out, TRL would take bf16.
  precision: ({ settings: { precision } }) => ({
    '/sft/bf16': precision === 'bf16',
    '/sft/fp16': precision === 'fp16',
  }),
  weights: ({ settings: { weights } }) => ({ '/model/dtype': torchTypes[weights] }),
  // A row of text or of messages has no prompt, and TRL refuses to look for one.
  loss: ({ settings: { loss, data } }) => ({
    '/sft/completion_only_loss': loss === 'completion' && data.format !== 'text' && !isDialogue(data.format),
    '/sft/assistant_only_loss': loss === 'completion' && isDialogue(data.format) ? true : undefined,
  }),
  evaluation: ({ settings: { evaluation, data } }) => {
    const every = data.evaluation === undefined ? undefined : evaluation?.steps;
    return { '/sft/eval_strategy': every === undefined ? 'no' : 'steps', '/sft/eval_steps': every };
  },
  checkpoints: ({ settings: { checkpoints } }) => ({
    '/sft/save_strategy': 'steps',
    '/sft/save_steps': checkpoints.steps,
    '/sft/save_total_limit': checkpoints.keep,
  }),
  trackers: ({ settings: { trackers }, stack, address }) => ({
    '/sft/report_to': trackers.length > 0 ? [...trackers] : 'none',
    '/sft/run_name': trackers.length > 0 ? `${stack}/${address}` : undefined,
  }),
  'cluster.gpus': ({ layout }) => ({ '/sft/use_cpu': layout.device === 'cpu' }),
  'method.bits': ({ settings: { method } }) =>
    method.kind === 'qlora' ? { [`/quantization/load_in_${method.bits}bit`]: true } : {},
  'method.type': fourBit('bnb_4bit_quant_type', ({ type }) => type),
  'method.doubleQuantization': fourBit('bnb_4bit_use_double_quant', ({ doubleQuantization }) => doubleQuantization),
  'method.compute': fourBit('bnb_4bit_compute_dtype', ({ compute }) => torchTypes[compute]),
  'method.storage': fourBit('bnb_4bit_quant_storage', ({ storage }) => torchTypes[storage]),
};

/** What goes with a setting, and what the trainer needs whatever is set. */
export function alongside(input: RunInput): Fields {
  const { settings } = input;
  // transformers' way since 5.0; ZeRO-3 with PEFT trains rightly only with re-entrance, and TRL would force it.
  const reentrant = settings.method.kind !== 'full' && settings.zero?.stage === 3;
  return {
    // Every trained weight takes part in every step, so DDP need not search for those that do not.
    '/sft/ddp_find_unused_parameters': !settings.zero && input.derived.world > 1 ? false : undefined,
    '/sft/gradient_checkpointing_kwargs': settings.gradientCheckpointing ? { use_reentrant: reentrant } : undefined,
    '/sft/packing_strategy': settings.packing ? 'bfd' : undefined,
    // The default of 8 could need more memory than training does.
    '/sft/per_device_eval_batch_size': settings.data.evaluation ? settings.batch.micro : undefined,
    // The filter would log the mean of earlier losses in the place of a NaN, and hide it.
    '/sft/logging_nan_inf_filter': false,
    '/sft/disable_tqdm': true,
    '/secrets': secretsOf(settings),
  };
}
