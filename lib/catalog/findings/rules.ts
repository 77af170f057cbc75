/** Settings that do not go together. */
import type { Explanations } from './explanation.ts';

export const rules: Explanations = {
  'hardware/flash-in-fp32': {
    title: 'flash-attn does not compute in fp32',
    why: 'Its kernels take fp16 and bf16 only; the first step would fail.',
    example: "attention: 'flash_attention_2', precision: 'fp32'",
    fix: 'Use precision: "bf16", or attention: "sdpa".',
    source: 'flash-attn: README, supported data types',
  },
  'hardware/flash-on-cpu': {
    title: 'flash-attn needs a GPU',
    why: 'It has CUDA kernels only; loading the model would fail.',
    example: "attention: 'flash_attention_2' on a cluster without gpus",
    fix: 'Use attention: "sdpa".',
    source: 'flash-attn: README, requirements',
  },
  'hardware/fp16-on-cpu': {
    title: 'fp16 training needs a GPU',
    why: 'Loss scaling for fp16 is made for CUDA; on the CPU Hugging Face refuses it.',
    example: "precision: 'fp16' on Cluster.local without gpus",
    fix: 'Use precision: "fp32" or "bf16", or give the cluster gpus.',
    source: 'transformers: TrainingArguments.fp16',
  },
  'hardware/packing-without-flash': {
    title: 'Packed rows attend to each other',
    why: 'Only flash attention keeps the rows of one sequence apart; TRL warns and trains on.',
    example: "packing: true, attention: 'sdpa'",
    fix: 'Use attention: "flash_attention_2", or packing: false.',
    source: 'TRL: SFTTrainer, packing',
  },
  'schedule/evaluation-without-split': {
    title: 'Evaluation without rows to evaluate on',
    why: 'The trainer would fail at the first evaluation, after the training has begun.',
    example: 'evaluation: { steps: 50 } and a Dataset without evaluation',
    fix: 'Give the Dataset evaluation: { share: 0.1 }, or remove evaluation.',
    source: 'transformers: Trainer, eval_dataset',
  },
  'schedule/no-checkpoint': {
    title: 'No checkpoint before the end',
    why: 'A run that is interrupted begins anew, since nothing was saved on its way.',
    example: 'checkpoints: { steps: 500 } in a run of 30 steps',
    fix: 'Save more often, if the run is to be resumed.',
    source: 'ARCHITECTURE.md: On a target',
  },
  'schedule/rows-below-ranks': {
    title: 'Fewer rows than ranks',
    why: 'Each rank needs a row of its own in each step.',
    example: '12 rows on 64 GPUs',
    fix: 'Use fewer processes, or more rows.',
    source: 'docs/formulas.md',
  },
  'schedule/warmup-too-long': {
    title: 'The warm-up does not end within the run',
    why: 'The learning rate would never reach the value that was set.',
    example: 'warmup: { steps: 100 } in a run of 60 steps',
    fix: 'Make the warm-up shorter, or train longer.',
    source: 'docs/formulas.md',
  },
  'sharding/8-bit-zero-3': {
    title: '8-bit weights under ZeRO stage 3',
    why: 'The quantisation constants are not sharded with the weights: the loss would be wrong.',
    example: 'method: qlora({ bits: 8 }), zero: { stage: 3 }',
    fix: 'Use zero stage 2, or 4 bits.',
    source: 'PEFT: accelerate/deepspeed.md',
  },
  'sharding/offload-optimizer': {
    title: 'Offload of the optimizer at ZeRO stage 0',
    why: 'Stage 0 makes no optimizer shards; DeepSpeed ignores the setting without a word.',
    example: "zero: { stage: 0, offload: { optimizer: 'cpu' } }",
    fix: 'Use stage 1, 2 or 3.',
    source: 'DeepSpeed: configuration JSON, offload_optimizer',
  },
  'sharding/offload-parameters': {
    title: 'Offload of parameters below ZeRO stage 3',
    why: 'DeepSpeed takes the setting and does nothing with it.',
    example: "zero: { stage: 2, offload: { parameters: 'cpu' } }",
    fix: 'Use stage 3, or offload the optimizer only.',
    source: 'DeepSpeed: configuration JSON, offload_param',
  },
  'sharding/storage-zero-3': {
    title: '4-bit weights stored as uint8 under ZeRO stage 3',
    why: 'Integer storage is not sharded: each rank would hold the whole model.',
    example: "method: qlora({ storage: 'uint8' }), zero: { stage: 3 }",
    fix: 'Use storage: "bf16".',
    source: 'PEFT: accelerate/deepspeed.md',
  },
};
