/** What users write. Made from the settings table by `npm run docs`: change that, not this. */
import type { Overrides } from '../documents.ts';

/** What a run trains with. */
export interface TrainingInput {
  /**
   * Passes over the rows. Default 3; not together with maxSteps. Value: number above 0, in epochs. Fills
   * `train.json#/sft/num_train_epochs`. Change: semantic.
   */
  readonly epochs?: number | undefined;
  /**
   * Optimizer steps, instead of epochs. Value: whole number above 0, in steps. Fills `train.json#/sft/max_steps`.
   * Change: semantic.
   */
  readonly maxSteps?: number | undefined;
  /** How many rows are taken at once. */
  readonly batch: BatchInput;
  /**
   * Peak learning rate. Value: number above 0 below 1. Default: `0.0002`. Fills `train.json#/sft/learning_rate`.
   * Change: semantic.
   */
  readonly learningRate?: number | undefined;
  /**
   * Learning-rate schedule after the warm-up. Default: `cosine`. Fills `train.json#/sft/lr_scheduler_type`. Change:
   * semantic.
   */
  readonly schedule?: 'linear' | 'cosine' | 'constant' | 'constant_with_warmup' | undefined;
  /**
   * Warm-up: \{ steps \} or \{ ratio \} of all steps, rounded up. Default: `{"ratio":0.03}`. Fills
   * `train.json#/sft/warmup_steps`. Change: semantic.
   */
  readonly warmup?: { readonly steps: number; } | { readonly ratio: number; } | undefined;
  /**
   * AdamW weight decay. Value: number from 0 below 1. Default: `0`. Fills `train.json#/sft/weight_decay`. Change:
   * semantic.
   */
  readonly weightDecay?: number | undefined;
  /**
   * Largest gradient norm; 0 does not clip. Value: number from 0. Default: `1`. Fills `train.json#/sft/max_grad_norm`.
   * Change: semantic.
   */
  readonly clipping?: number | undefined;
  /**
   * Optimizer, under its transformers name. Default: `adamw_torch_fused`. Fills `train.json#/sft/optim`. Change:
   * semantic.
   */
  readonly optimizer?: 'adamw_torch' | 'adamw_torch_fused' | 'adamw_8bit' | 'paged_adamw_8bit' | 'adafactor' | 'sgd' | undefined;
  /**
   * Seed of initialisation, dropout and row order. Value: whole number from 0 to 4294967295. Default: `42`. Fills
   * `train.json#/sft/seed`. Change: semantic.
   */
  readonly seed?: number | undefined;
  /**
   * Arithmetic of forward and backward (autocast). Default: `bf16`. Fills `train.json#/sft/bf16`. Change: semantic.
   */
  readonly precision?: 'bf16' | 'fp16' | 'fp32' | undefined;
  /**
   * Type that the base weights are loaded in. TRL alone would load fp32, twice the memory. Default: `bf16`. Fills
   * `train.json#/model/dtype`. Change: semantic.
   */
  readonly weights?: 'bf16' | 'fp16' | 'fp32' | undefined;
  /**
   * Attention implementation of transformers. Default: `sdpa`. Fills `train.json#/model/attn_implementation`. Change:
   * semantic.
   */
  readonly attention?: 'eager' | 'sdpa' | 'flash_attention_2' | undefined;
  /**
   * Recompute activations in the backward pass: less memory, about a third more time. Default: `true`. Fills
   * `train.json#/sft/gradient_checkpointing`. Change: placement.
   */
  readonly gradientCheckpointing?: boolean | undefined;
  /**
   * Longest row; what is over is cut. Value: whole number above 0, in tokens. Default: `2048`. Fills
   * `train.json#/sft/max_length`. Change: semantic.
   */
  readonly maxLength?: number | undefined;
  /**
   * Put several rows into one sequence of maxLength (best-fit decreasing). Default: `false`. Fills
   * `train.json#/sft/packing`. Change: semantic.
   */
  readonly packing?: boolean | undefined;
  /**
   * Tokens that count in the loss: those of the answer, or all. Default: `completion`. Fills
   * `train.json#/sft/completion_only_loss`. Change: semantic.
   */
  readonly loss?: 'completion' | 'all' | undefined;
  /**
   * Data-loader worker processes of each rank. Value: whole number from 0, in processes. Default: `0`. Fills
   * `train.json#/sft/dataloader_num_workers`. Change: operational.
   */
  readonly workers?: number | undefined;
  /**
   * Steps between two step events. Value: whole number above 0, in steps. Default: `1`. Fills
   * `train.json#/sft/logging_steps`. Change: operational.
   */
  readonly logging?: number | undefined;
  /**
   * Steps between two evaluations; default: at the start and the end only, where the dataset has an evaluation split.
   * Value: in steps. Fills `train.json#/sft/eval_steps`. Change: operational.
   */
  readonly evaluation?: { readonly steps: number; } | undefined;
  /**
   * Steps between two checkpoints, and how many of the newest are kept. Value: in steps. Default:
   * `{"steps":100,"keep":3}`. Fills `train.json#/sft/save_steps`. Change: operational.
   */
  readonly checkpoints?: { readonly steps?: number | undefined; readonly keep?: number | undefined; } | undefined;
  /**
   * Experiment trackers that the trainer reports to. Default: `[]`. Fills `train.json#/sft/report_to`. Change:
   * cosmetic.
   */
  readonly trackers?: readonly ('tensorboard' | 'wandb' | 'mlflow')[] | undefined;
  /** Labels of the run, for people. Default: `{}`. Fills `train.json#/tags`. Change: cosmetic. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /**
   * Refuse plans that would remove the run or put another one in its place, and sft destroy. Default: as the Stack
   * says. Change: cosmetic.
   */
  readonly protect?: boolean | undefined;
  /**
   * Further attempts after a cause that is not the settings’ own (node lost, preempted, killed). Value: whole number
   * from 0 to 20, in attempts. Default: `2`. Fills `train.json#/supervise/retries`. Change: operational.
   */
  readonly retries?: number | undefined;
  /**
   * Environment variables of the training processes on every host. A secret by reference: secret.fromEnv(NAME),
   * secret.fromFile(PATH). Default: `{}`. Fills `.deepspeed_env`. Change: operational.
   */
  readonly environment?: Readonly<Record<string, string | { readonly fromEnv: string; } | { readonly fromFile: string; }>> | undefined;
  /**
   * Values put into the synthesised files as they are; null takes one out. docs/overrides.md has the forms. Each has
   * the class of the setting that fills its place; where none does, semantic in sft, peft, quantization, model and
   * data of train.json, else operational. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** How many rows are taken at once. */
export interface BatchInput {
  /**
   * Rows that one rank takes at once (micro-batch). Value: whole number above 0, in rows. Fills
   * `train.json#/sft/per_device_train_batch_size`. Change: placement.
   */
  readonly micro: number;
  /**
   * Rows of one optimizer step over all ranks; gradient accumulation is derived from it. Default: micro x ranks.
   * Value: whole number above 0, in rows. Fills `train.json#/sft/gradient_accumulation_steps`. Change: semantic.
   */
  readonly global?: number | undefined;
}
