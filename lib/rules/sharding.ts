/** ZeRO with the rest. */
import type { Rule } from './rule.ts';

/** bitsandbytes issue 1451, accelerate issue 3730: silently wrong loss, or an error. */
export const eightBitStage3: Rule = ({ settings }) =>
  settings.method.kind === 'qlora' && settings.method.bits === 8 && settings.zero?.stage === 3
    ? {
        id: 'sharding/8-bit-zero-3',
        severity: 'error',
        path: 'zero.stage',
        given: 3,
        message: '8-bit weights cannot be sharded by ZeRO stage 3: the loss would be wrong.',
        fix: 'Use zero stage 2, or 4 bits.',
      }
    : undefined;

/** PEFT docs, accelerate/deepspeed.md: an integer storage type is not sharded. */
export const storageStage3: Rule = ({ settings }) =>
  settings.method.kind === 'qlora' && settings.method.storage === 'uint8' && settings.zero?.stage === 3
    ? {
        id: 'sharding/storage-zero-3',
        severity: 'error',
        path: 'method.storage',
        given: 'uint8',
        message: 'ZeRO stage 3 cannot shard 4-bit weights that are stored as uint8.',
        fix: 'Use storage: "bf16".',
      }
    : undefined;

/** DeepSpeed takes offload_param below stage 3 without a word, and does nothing with it. */
export const parametersNeedStage3: Rule = ({ settings }) =>
  settings.zero?.offload?.parameters && settings.zero.stage !== 3
    ? {
        id: 'sharding/offload-parameters',
        severity: 'error',
        path: 'zero.offload.parameters',
        given: settings.zero.offload.parameters,
        message: `ZeRO stage ${settings.zero.stage} ignores the offload of parameters.`,
        fix: 'Use stage 3, or offload the optimizer only.',
      }
    : undefined;

/** DeepSpeed builds no optimizer shards to move at stage 0. */
export const optimizerNeedsStage1: Rule = ({ settings }) =>
  settings.zero?.offload?.optimizer && settings.zero.stage === 0
    ? {
        id: 'sharding/offload-optimizer',
        severity: 'error',
        path: 'zero.offload.optimizer',
        given: settings.zero.offload.optimizer,
        message: 'ZeRO stage 0 ignores the offload of the optimizer.',
        fix: 'Use stage 1, 2 or 3.',
      }
    : undefined;

export const sharding: readonly Rule[] = [eightBitStage3, storageStage3, parametersNeedStage3, optimizerNeedsStage1];
