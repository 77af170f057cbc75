/** Inputs of the renderers, as a stack would give them: the least written form, resolved by the real schemas. */
import { hashOf } from '../../lib/base/hash.ts';
import { layoutOf } from '../../lib/constructs/layout.ts';
import { countsOf } from '../../lib/data/part.ts';
import { derive } from '../../lib/estimate/batch.ts';
import { changesSequences } from '../../lib/settings/fixes.ts';
import { identityOf } from '../../lib/settings/identity.ts';
import { type RunSettings, run } from '../../lib/settings/run.ts';
import type { RunInput } from '../../lib/synth/input.ts';

type Written = Record<string, unknown>;

export const tinyLlama = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 256,
};

const rows = { name: 'rows.json', sha256: 'ab'.repeat(32), bytes: 4096 };

/** Settings in the written form; everything that is left out has its default. */
export function written(changes: Written = {}): Written {
  return {
    model: { source: 'config', config: tinyLlama },
    data: { source: 'file', path: 'data/rows.json', files: [rows] },
    method: { kind: 'lora' },
    cluster: { kind: 'local' },
    batch: { micro: 2 },
    ...(changes.maxSteps === undefined ? { epochs: 3 } : {}),
    ...changes,
  };
}

/** As `lib/constructs` would resolve it; rows: those of the file, before sampling. */
export function runInput(changes: Written = {}, more: Partial<RunInput> & { rows?: number } = {}): RunInput {
  const { rows: fileRows = 100, ...rest } = more;
  const parsed = run.parse(written(changes));
  const layout = layoutOf(parsed.cluster, parsed.zero !== undefined);
  const world = layout.nodes * layout.processesPerHost;
  const global = parsed.batch.global ?? parsed.batch.micro * world;
  const settings: RunSettings = { ...parsed, batch: { micro: parsed.batch.micro, global } };
  const { train, evaluation: held } = countsOf(fileRows, settings.data);
  const derived = derive({
    world,
    microBatch: settings.batch.micro,
    globalBatch: global,
    rows: settings.data.source === 'file' ? train : undefined,
    evaluationRows: held,
    epochs: settings.epochs,
    maxSteps: settings.maxSteps,
    warmup: settings.warmup,
    packing: settings.packing || changesSequences(settings.data.fix),
  });
  return {
    stack: 'example',
    program: 'stacks/example.ts',
    address: 'sft',
    identity: identityOf(settings),
    settings,
    layout,
    derived,
    keys: {
      data: hashOf(settings.data),
      ...(settings.model.source === 'config' ? { weights: hashOf(settings.model) } : {}),
    },
    ...rest,
  };
}

const h200 = (hosts: string, more: Written = {}): Written => ({
  kind: 'ssh',
  hosts,
  gpus: { type: 'H200', perNode: 8 },
  workspace: '/shared/sft',
  ...more,
});
const alpaca = { source: 'hub', id: 'tatsu-lab/alpaca', revision: 'dce01c9b08f87459cf36a430d809084718273017' };
const llama = (size: string): Written => ({ source: 'hub', id: `meta-llama/Llama-2-${size}-hf` });
const attention = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];

const fix = { drop: ['unusable', 'empty-answer'], dedupe: 'questions', truncate: 'keep_end' };
/** As it would be counted in these rows. */
const fixed = { dropped: { unusable: 2, 'empty-answer': 12 }, duplicates: 6 };

/** Runs of each shape that a person may have; whole files of each lie in test/golden/<name>/. */
export const cases = {
  'local-cpu-lora': () =>
    runInput({
      data: {
        source: 'file',
        path: 'data/rows.json',
        files: [rows],
        samples: 80,
        evaluation: { share: 0.1 },
      },
      method: { kind: 'lora', rank: 8, modulesToSave: ['embed_tokens', 'lm_head'] },
      maxSteps: 60,
      weights: 'fp32',
      precision: 'fp32',
      evaluation: { steps: 20 },
      maxLength: 256,
      tags: { purpose: 'demonstration' },
    }),
  'local-zero2': () =>
    runInput({
      cluster: { kind: 'local', processes: 2 },
      zero: { stage: 2 },
      batch: { micro: 1, global: 4 },
      gradientCheckpointing: false,
      environment: { HF_HOME: 'cache/hugging face' },
    }),
  'ssh-lora-zero2': () =>
    runInput({
      model: { ...llama('7b'), token: { fromEnv: 'HF_TOKEN' } },
      data: { ...alpaca, samples: 10_000, token: { fromFile: '~/.cache/huggingface/token' } },
      cluster: h200('h200-[01-08]'),
      method: { kind: 'lora', dropout: 0.1, targets: attention },
      batch: { micro: 8, global: 512 },
      zero: { stage: 2, overlap: true },
      trackers: ['tensorboard', 'wandb'],
      environment: { WANDB_API_KEY: { fromEnv: 'WANDB_API_KEY' }, WANDB_PROJECT: 'seven' },
    }),
  'qlora-one-gpu': () =>
    runInput({
      model: llama('70b'),
      data: alpaca,
      cluster: { kind: 'local', gpus: { type: 'H200', count: 1 } },
      method: { kind: 'qlora', rank: 64, alpha: 16 },
      batch: { micro: 4, global: 16 },
      optimizer: 'paged_adamw_8bit',
      packing: true,
      attention: 'flash_attention_2',
    }),
  'full-zero3-offload': () =>
    runInput({
      model: { source: 'path', path: '/shared/models/llama-2-13b' },
      data: { ...alpaca, format: 'text' },
      cluster: h200('h200-[01-02]', { port: 2222 }),
      method: { kind: 'full' },
      batch: { micro: 2, global: 64 },
      learningRate: 1e-5,
      warmup: { steps: 20 },
      zero: { stage: 3, offload: { optimizer: 'cpu', parameters: 'cpu' } },
    }),
  'ssh-ddp': () =>
    runInput({
      model: llama('7b'),
      data: alpaca,
      cluster: h200('h200-[01-02]'),
      method: { kind: 'lora', rslora: true },
      batch: { micro: 8, global: 256 },
    }),
  'qlora-8bit-fp16': () =>
    runInput({
      model: llama('7b'),
      data: alpaca,
      cluster: { kind: 'local', gpus: { type: 'L40S', count: 2 } },
      method: { kind: 'qlora', bits: 8, dora: true, bias: 'lora_only' },
      precision: 'fp16',
      weights: 'fp16',
      loss: 'all',
      zero: { stage: 1 },
    }),
  'slurm-zero3': () =>
    runInput({
      model: llama('70b'),
      data: alpaca,
      cluster: { kind: 'slurm', nodes: 4, gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' },
      method: { kind: 'qlora' },
      batch: { micro: 1, global: 64 },
      zero: { stage: 3 },
    }),
  'split-texts': () =>
    runInput({ data: { source: 'file', path: 'data/rows.json', files: [rows], format: 'text', fix: { split: true } } }),
  'fixed-rows': () =>
    runInput({ data: { source: 'file', path: 'data/rows.json', files: [rows], fix } }, { rows: 80, fixed }),
  'mixed-rows': () =>
    runInput(
      {
        data: {
          source: 'file',
          path: ['data/rows.json', 'data/faq.csv'],
          files: [rows, { ...rows, name: 'faq.csv', type: 'csv' }],
          format: 'prompt',
          mix: {
            parts: [
              { weight: 3, files: 1, format: 'alpaca' },
              { weight: 1, files: 1, format: 'prompt', columns: { prompt: 'question' }, samples: 40, seed: 42 },
            ],
            rows: 80,
          },
        },
      },
      {
        rows: 80,
        mixed: [
          { name: 'facts', rows: 60 },
          { name: 'faq', rows: 20 },
        ],
      },
    ),
} as const satisfies Record<string, () => RunInput>;
