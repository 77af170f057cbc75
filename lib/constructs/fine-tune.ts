import type { Construct } from 'constructs';
import type { LoraInput, QloraInput, ZeroInput } from '../settings/inputs/method.ts';
import type { TrainingInput } from '../settings/inputs/training.ts';
import { changeOf, type SettingChange, withChanges } from './changes.ts';
import { Element } from './element.ts';
import type { Cluster, Dataset, Model } from './parts.ts';
import { capture, type Position } from './position.ts';

/** Made by `full()`, `lora()` or `qlora()`. */
export type MethodProps = { kind: 'full' } | ({ kind: 'lora' } & LoraInput) | ({ kind: 'qlora' } & QloraInput);

export interface FineTuneProps extends TrainingInput {
  readonly model: Model;
  readonly data: Dataset;
  readonly cluster: Cluster;
  readonly method: MethodProps;
  /** DeepSpeed ZeRO; absent: plain data parallelism, without DeepSpeed. */
  readonly zero?: ZeroInput | undefined;
  /** Settings of this run whose recorded value stays, whatever the program says later; as plans name them. */
  readonly ignoreChanges?: readonly string[] | undefined;
}

/** One training run: a model, rows, a method and where it runs. */
export class FineTune extends Element {
  readonly #changes: SettingChange[] = [];

  constructor(scope: Construct, id: string, props: FineTuneProps) {
    super(scope, id, props, 'FineTune', new.target);
  }

  /**
   * Sets a setting where the stack leaves it open: a team's default, given to a whole tree by a mixin. `path` as plans
   * name it, `checkpoints.steps`; as a list of keys where one holds a dot. A mistake is reported at the line that calls.
   */
  setDefault(path: string | readonly string[], value: unknown): this {
    return this.#change(path, value, true, capture(this.setDefault));
  }

  /** As `setDefault`, but whatever the stack says. */
  set(path: string | readonly string[], value: unknown): this {
    return this.#change(path, value, false, capture(this.set));
  }

  /** What was written, with all that was set since. */
  get written(): unknown {
    return withChanges(this.props, this.#changes);
  }

  /** The line that set what a setting's path names, where it was not the one that made the run. */
  positionOf(path: string | undefined): Position | undefined {
    return this.#changes.length === 0 ? undefined : changeOf(path, this.props, this.#changes)?.position;
  }

  #change(path: string | readonly string[], value: unknown, isDefault: boolean, position: Position): this {
    const keys = typeof path === 'string' ? path.split('.') : path;
    this.#changes.push({ keys, value, isDefault, position });
    return this;
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
