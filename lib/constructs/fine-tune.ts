import type { Construct } from 'constructs';
import type { LoraInput, QloraInput } from '../settings/method.ts';
import type { TrainingInput } from '../settings/training.ts';
import type { ZeroInput } from '../settings/zero.ts';
import { Element } from './element.ts';
import type { Cluster, Dataset, Model } from './parts.ts';

/** Made by `full()`, `lora()` or `qlora()`. */
export type MethodProps = { kind: 'full' } | ({ kind: 'lora' } & LoraInput) | ({ kind: 'qlora' } & QloraInput);

export interface FineTuneProps extends TrainingInput {
  readonly model: Model;
  readonly data: Dataset;
  readonly cluster: Cluster;
  readonly method: MethodProps;
  /** DeepSpeed ZeRO; absent: plain data parallelism, without DeepSpeed. */
  readonly zero?: ZeroInput | undefined;
}

/** One training run: a model, rows, a method and where it runs. */
export class FineTune extends Element {
  constructor(scope: Construct, id: string, props: FineTuneProps) {
    super(scope, id, props, 'FineTune', new.target);
  }
}

/** Train every weight. */
export function full(): MethodProps {
  return { kind: 'full' };
}

/** LoRA (arXiv 2106.09685): train low-rank adapters beside frozen weights. Default: rank 16, alpha 32, all linear modules. */
export function lora(props: LoraInput = {}): MethodProps {
  return { ...props, kind: 'lora' };
}

/** LoRA beside weights that are quantised by bitsandbytes (arXiv 2305.14314). Default: 4-bit NF4, double quantisation. */
export function qlora(props: QloraInput = {}): MethodProps {
  return { ...props, kind: 'qlora' };
}
