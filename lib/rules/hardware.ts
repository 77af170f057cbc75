/** Settings against the device that they run on. */
import type { Rule } from './rule.ts';

/** transformers refuses fp16 without a GPU: "FP16 Mixed precision training ... can only be used on CUDA". */
export const fp16NeedsGpu: Rule = ({ settings, layout }) =>
  settings.precision === 'fp16' && layout.device === 'cpu'
    ? {
        id: 'hardware/fp16-on-cpu',
        severity: 'error',
        path: 'precision',
        given: 'fp16',
        message: 'precision fp16 needs a GPU, and this cluster trains on the CPU.',
        fix: 'Use precision: "fp32" or "bf16", or give the cluster gpus.',
      }
    : undefined;

/** flash-attn has CUDA kernels only. */
export const flashNeedsGpu: Rule = ({ settings, layout }) =>
  settings.attention.startsWith('flash') && layout.device === 'cpu'
    ? {
        id: 'hardware/flash-on-cpu',
        severity: 'error',
        path: 'attention',
        given: settings.attention,
        message: `attention ${settings.attention} needs a GPU, and this cluster trains on the CPU.`,
        fix: 'Use attention: "sdpa".',
      }
    : undefined;

/** flash-attn takes fp16 and bf16 tensors only. */
export const flashNeedsHalf: Rule = ({ settings }) =>
  settings.attention.startsWith('flash') && settings.precision === 'fp32' && settings.weights === 'fp32'
    ? {
        id: 'hardware/flash-in-fp32',
        severity: 'error',
        path: 'attention',
        given: settings.attention,
        message: `attention ${settings.attention} does not compute in fp32.`,
        fix: 'Use precision: "bf16", or attention: "sdpa".',
      }
    : undefined;

/** TRL warns only, and samples of one sequence then see each other (domain facts: TRL 1.13, sft_trainer.py). */
export const packingNeedsFlash: Rule = ({ settings }) =>
  settings.packing && !settings.attention.startsWith('flash')
    ? {
        id: 'hardware/packing-without-flash',
        severity: 'error',
        path: 'packing',
        given: true,
        message: `With attention ${settings.attention}, packed rows attend to each other.`,
        fix: 'Use attention: "flash_attention_2", or packing: false.',
      }
    : undefined;

export const hardware: readonly Rule[] = [fp16NeedsGpu, flashNeedsGpu, flashNeedsHalf, packingNeedsFlash];
