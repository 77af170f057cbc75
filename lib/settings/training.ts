/** What a `FineTune` trains with. Defaults are ours and versioned: `identity.ts` hashes what differs from them. */
import * as z from 'zod';
import { overrides, variable, variableName } from './override-schema.ts';
import { secretReference } from './secret.ts';
import { kinds, setting } from './table.ts';

export const batch = z.strictObject({
  micro: setting(kinds.count, {
    class: 'placement',
    doc: 'Rows that one rank takes at once (micro-batch).',
    unit: 'rows',
    place: 'train.json#/sft/per_device_train_batch_size',
  }),
  global: setting(kinds.count.optional(), {
    class: 'semantic',
    doc: 'Rows of one optimizer step over all ranks; gradient accumulation is derived from it. Default: micro x ranks.',
    unit: 'rows',
    place: 'train.json#/sft/gradient_accumulation_steps',
    via: 'global / (micro x ranks)',
  }),
});

export const warmup = z.union([
  z.strictObject({ steps: z.int().min(0) }),
  z.strictObject({ ratio: kinds.share.lt(1) }),
]);

export const schedules = ['linear', 'cosine', 'constant', 'constant_with_warmup'] as const;
export const optimizers = [
  'adamw_torch',
  'adamw_torch_fused',
  'adamw_8bit',
  'paged_adamw_8bit',
  'adafactor',
  'sgd',
] as const;
export const precisions = ['bf16', 'fp16', 'fp32'] as const;
export const attentions = ['eager', 'sdpa', 'flash_attention_2'] as const;
export const trackers = ['tensorboard', 'wandb', 'mlflow'] as const;

export const training = z.strictObject({
  epochs: setting(kinds.positive.optional(), {
    class: 'semantic',
    doc: 'Passes over the rows. Default 3; not together with maxSteps.',
    unit: 'epochs',
    place: 'train.json#/sft/num_train_epochs',
  }),
  maxSteps: setting(kinds.count.optional(), {
    class: 'semantic',
    doc: 'Optimizer steps, instead of epochs.',
    unit: 'steps',
    place: 'train.json#/sft/max_steps',
  }),
  batch,
  learningRate: setting(kinds.positive.lt(1).default(2e-4), {
    class: 'semantic',
    doc: 'Peak learning rate.',
    place: 'train.json#/sft/learning_rate',
  }),
  schedule: setting(z.enum(schedules).default('cosine'), {
    class: 'semantic',
    doc: 'Learning-rate schedule after the warm-up.',
    place: 'train.json#/sft/lr_scheduler_type',
  }),
  warmup: setting(warmup.default({ ratio: 0.03 }), {
    class: 'semantic',
    doc: 'Warm-up: { steps } or { ratio } of all steps, rounded up.',
    place: 'train.json#/sft/warmup_steps',
    via: 'transformers 5 reads a number below 1 as a ratio, from 1 on as steps',
  }),
  weightDecay: setting(z.number().min(0).lt(1).default(0), {
    class: 'semantic',
    doc: 'AdamW weight decay.',
    place: 'train.json#/sft/weight_decay',
  }),
  clipping: setting(z.number().min(0).default(1), {
    class: 'semantic',
    doc: 'Largest gradient norm; 0 does not clip.',
    place: 'train.json#/sft/max_grad_norm',
  }),
  optimizer: setting(z.enum(optimizers).default('adamw_torch_fused'), {
    class: 'semantic',
    doc: 'Optimizer, under its transformers name.',
    place: 'train.json#/sft/optim',
  }),
  seed: setting(
    z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(42),
    {
      class: 'semantic',
      doc: 'Seed of initialisation, dropout and row order.',
      place: 'train.json#/sft/seed',
    },
  ),
  precision: setting(z.enum(precisions).default('bf16'), {
    class: 'semantic',
    doc: 'Arithmetic of forward and backward (autocast).',
    place: 'train.json#/sft/bf16',
    via: 'bf16 and fp16 flags; fp32 sets neither',
  }),
  weights: setting(z.enum(precisions).default('bf16'), {
    class: 'semantic',
    doc: 'Type that the base weights are loaded in. TRL alone would load fp32, twice the memory.',
    place: 'train.json#/model/dtype',
    via: 'bf16 -> bfloat16, fp16 -> float16, fp32 -> float32',
  }),
  attention: setting(z.enum(attentions).default('sdpa'), {
    class: 'semantic',
    doc: 'Attention implementation of transformers.',
    place: 'train.json#/model/attn_implementation',
  }),
  gradientCheckpointing: setting(z.boolean().default(true), {
    class: 'placement',
    doc: 'Recompute activations in the backward pass: less memory, about a third more time.',
    place: 'train.json#/sft/gradient_checkpointing',
  }),
  maxLength: setting(kinds.count.default(2048), {
    class: 'semantic',
    doc: 'Longest row; what is over is cut.',
    unit: 'tokens',
    place: 'train.json#/sft/max_length',
  }),
  packing: setting(z.boolean().default(false), {
    class: 'semantic',
    doc: 'Put several rows into one sequence of maxLength (best-fit decreasing).',
    place: 'train.json#/sft/packing',
  }),
  loss: setting(z.enum(['completion', 'all']).default('completion'), {
    class: 'semantic',
    doc: 'Tokens that count in the loss: those of the answer, or all.',
    place: 'train.json#/sft/completion_only_loss',
    via: 'completion -> true, all -> false; rows of text have no prompt, so false',
  }),
  workers: setting(z.int().min(0).default(0), {
    class: 'operational',
    doc: 'Data-loader worker processes of each rank.',
    unit: 'processes',
    place: 'train.json#/sft/dataloader_num_workers',
  }),
  logging: setting(kinds.count.default(1), {
    class: 'operational',
    doc: 'Steps between two step events.',
    unit: 'steps',
    place: 'train.json#/sft/logging_steps',
  }),
  evaluation: setting(z.strictObject({ steps: kinds.count }).optional(), {
    class: 'operational',
    doc: 'Steps between two evaluations; default: at the start and the end only, where the dataset has an evaluation split.',
    unit: 'steps',
    place: 'train.json#/sft/eval_steps',
    via: 'with eval_strategy; "no" where no rows are held out or no steps are given',
  }),
  checkpoints: setting(z.strictObject({ steps: kinds.count.default(100), keep: kinds.count.default(3) }).prefault({}), {
    class: 'operational',
    doc: 'Steps between two checkpoints, and how many of the newest are kept.',
    unit: 'steps',
    place: 'train.json#/sft/save_steps',
    via: 'keep fills save_total_limit',
  }),
  trackers: setting(z.array(z.enum(trackers)).default([]), {
    class: 'cosmetic',
    doc: 'Experiment trackers that the trainer reports to.',
    place: 'train.json#/sft/report_to',
    via: 'the list, or "none"; with trackers also run_name',
  }),
  tags: setting(z.record(kinds.text, z.string()).default({}), {
    class: 'cosmetic',
    doc: 'Labels of the run, for people.',
    place: 'train.json#/tags',
  }),
  protect: setting(z.boolean().optional(), {
    class: 'cosmetic',
    doc: 'Refuse plans that would remove the run or put another one in its place, and sft destroy. Default: as the Stack says.',
  }),
  retries: setting(z.int().min(0).max(20).default(2), {
    class: 'operational',
    doc: 'Further attempts after a cause that is not the settings’ own (node lost, preempted, killed).',
    unit: 'attempts',
    place: 'train.json#/supervise/retries',
  }),
  environment: setting(z.record(variableName, z.union([variable, secretReference])).default({}), {
    class: 'operational',
    doc: 'Environment variables of the training processes on every host. A secret by reference: secret.fromEnv(NAME), secret.fromFile(PATH).',
    place: '.deepspeed_env',
    via: 'one NAME=value a line; launch.sh exports the same; references to secrets fill train.json#/secrets',
  }),
  overrides,
});

export type Training = z.output<typeof training>;
