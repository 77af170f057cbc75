/** A run, and the model that it begins with, which may be another run's result: so each knows the other. */
import type { Construct } from 'constructs';
import type { Overrides } from '../settings/documents.ts';
import type { LoraInput, QloraInput, ZeroInput } from '../settings/inputs/method.ts';
import type { ConfigModelInput, HubModelInput, PathModelInput } from '../settings/inputs/parts.ts';
import type { TrainingInput } from '../settings/inputs/training.ts';
import { changeOf, type SettingChange, withChanges } from './changes.ts';
import { Element } from './element.ts';
import type { Cluster, Dataset } from './parts.ts';
import { type Below, capture, type Position } from './position.ts';

/** How a run learns: made by `full()`, `lora()` or `qlora()`. */
export type MethodProps = { kind: 'full' } | ({ kind: 'lora' } & LoraInput) | ({ kind: 'qlora' } & QloraInput);

/** Everything that makes a run: what it is made of, and what it trains with. */
export interface FineTuneProps extends TrainingInput {
  /** The weights that it starts from. Another model is another run. */
  readonly model: Model;
  /** The rows that it learns from. Other rows are another run. */
  readonly data: Dataset;
  /** Where it runs. All runs of a stack have one cluster (`stack/two-clusters`). */
  readonly cluster: Cluster;
  /** What is trained: `full()`, `lora()` or `qlora()`. */
  readonly method: MethodProps;
  /** DeepSpeed ZeRO; absent: plain data parallelism, without DeepSpeed. */
  readonly zero?: ZeroInput | undefined;
  /** Settings of this run whose recorded value stays, whatever the program says later; as plans name them. */
  readonly ignoreChanges?: readonly string[] | undefined;
}

/** One training run: a model, rows, a method and where it runs. */
export class FineTune extends Element {
  readonly #changes: SettingChange[] = [];

  /**
   * Mistakes are not thrown here: `synth()` tells all of a program together, each with its place. Errors: `setting/...`,
   * `batch/global`, `schedule/...`, `override/...`, `stack/outside`; `sft explain ID` says more.
   * @param scope - A stack, or a construct in one.
   * @param id - Unique in its scope; with the ids above it the run's address and its folder.
   * @param props - What it is made of, and trains with.
   */
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

  /**
   * What was written, with all that was set since.
   * @internal
   */
  get written(): unknown {
    return withChanges(this.props, this.#changes);
  }

  /**
   * The line that set what a setting's path names, where it was not the one that made the run.
   * @internal
   */
  positionOf(path: string | undefined): Position | undefined {
    return this.#changes.length === 0 ? undefined : changeOf(path, this.props, this.#changes)?.position;
  }

  #change(path: string | readonly string[], value: unknown, isDefault: boolean, position: Position): this {
    const keys = typeof path === 'string' ? path.split('.') : path;
    this.#changes.push({ keys, value, isDefault, position });
    return this;
  }
}

/** Settings of `Model.fromRun()`. */
export interface RunModelProps {
  /** A run of the same stack. */
  readonly run: FineTune;
  /**
   * What of the run's result is used. 'adapter': its adapter, which is trained on; the method must be lora or qlora of
   * the same shape. 'merged': the base with the adapter merged into it, for any method. Default: 'adapter'. Left out
   * where the run trains all weights: its result is a whole model.
   */
  readonly use?: 'adapter' | 'merged' | undefined;
  /** Values put into files of every run that begins with this model. */
  readonly overrides?: Overrides | undefined;
}

/** The model that a run begins with. Made by `fromHub`, `fromPath`, `fromConfig` or `fromRun`. */
export class Model extends Element {
  /** Where its weights come from. */
  readonly source: 'hub' | 'path' | 'config' | 'run';

  /** @internal */
  private constructor(scope: Construct, id: string, source: Model['source'], props: unknown, below: Below) {
    super(scope, id, props, 'Model', below);
    this.source = source;
  }

  /** A model of the Hugging Face Hub. Without a revision that is a commit, the plan rests on a moving branch. */
  static fromHub(scope: Construct, id: string, props: HubModelInput): Model {
    return new Model(scope, id, 'hub', props, Model.fromHub);
  }

  /** A folder with config.json, safetensors and tokenizer, at an absolute path that every node sees. */
  static fromPath(scope: Construct, id: string, props: PathModelInput): Model {
    return new Model(scope, id, 'path', props, Model.fromPath);
  }

  /** Random weights from an architecture's config, and a tokenizer trained on the rows: to try the machinery. */
  static fromConfig(scope: Construct, id: string, props: ConfigModelInput): Model {
    return new Model(scope, id, 'config', props, Model.fromConfig);
  }

  /**
   * What another run of the stack has learnt: known once that run is done, which apply waits for. By default the run's
   * adapter is trained on; `use: 'merged'` begins with the base that it is merged into. docs/from-run.md.
   */
  static fromRun(scope: Construct, id: string, props: RunModelProps): Model {
    return new Model(scope, id, 'run', props, Model.fromRun);
  }
}

/** Train every weight. Needs the most memory: gradients and optimizer states are as many as weights. */
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
