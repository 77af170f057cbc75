/**
 * One union for everything that is told while something happens: by the trainer (`events.jsonl`), by the supervisor,
 * by the engine that walks a plan, and by `--json`. One JSON object a line; `time` is seconds since 1970.
 * Trainer fields keep their Hugging Face names, so that they can be grepped in both worlds.
 */
import type { Sha } from './hash.ts';

/** Why an attempt ended. `done` alone is success. */
export const causes = [
  'done',
  'cancelled',
  'user-code',
  'out-of-memory',
  'nan-loss',
  'no-trained-tokens',
  'empty-adapter',
  'data',
  'disk-full',
  'killed',
  'node-lost',
  'preempted',
  'nccl-timeout',
  'time-limit',
  'stalled',
  'launch-failed',
  'unknown',
] as const;
export type Cause = (typeof causes)[number];

/** Causes that the same settings will meet again: not tried again until a setting changes or `--replace` asks. */
export const ownFault: readonly Cause[] = [
  'user-code',
  'out-of-memory',
  'nan-loss',
  'no-trained-tokens',
  'empty-adapter',
  'data',
];

interface At {
  readonly time: number;
}

/** First line of each attempt, from rank 0. */
export interface StartEvent extends At {
  readonly kind: 'start';
  readonly attempt: number;
  readonly token: Sha;
  readonly world_size: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Checkpoint step that this attempt goes on from; 0 = from the beginning. */
  readonly resumed_from: number;
  readonly max_steps: number;
  readonly trainable_parameters: number;
  readonly parameters: number;
  readonly train_rows: number;
  readonly trained_tokens: number;
}

export interface StepEvent extends At {
  readonly kind: 'step';
  readonly step: number;
  readonly max_steps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly grad_norm: number;
  readonly learning_rate: number;
  /** Non-padding tokens over the wall time since the last step event, all ranks. */
  readonly tokens_per_second: number;
  readonly step_seconds: number;
  /** Bytes: peak device memory of rank 0, or the process's resident size on a CPU. */
  readonly memory_bytes: number;
}

export interface EvaluateEvent extends At {
  readonly kind: 'evaluate';
  readonly step: number;
  readonly eval_loss: number;
}

/** Written after the marker of the checkpoint. */
export interface CheckpointEvent extends At {
  readonly kind: 'checkpoint';
  readonly step: number;
  /** Relative to the run's folder. */
  readonly path: string;
  readonly bytes: number;
}

/** A checkpoint that did not count or did not load, a retry, a signal: what a person should know. */
export interface NoticeEvent extends At {
  readonly kind: 'notice';
  readonly message: string;
}

/** A sample by the supervisor: resident bytes of the whole process tree, and its CPU share (1 = one core). */
export interface SampleEvent extends At {
  readonly kind: 'sample';
  readonly memory_bytes: number;
  readonly cpu: number;
}

/** Last line of each attempt. Absent where the supervisor itself was killed. */
export interface EndEvent extends At {
  readonly kind: 'end';
  readonly cause: Cause;
  readonly step: number;
  readonly message?: string;
  /** Relative to the run's folder; on `done` only. */
  readonly result?: string;
  /** The attempt that the same supervisor goes on with, where it retries. */
  readonly next?: number;
}

export type TrainerEvent =
  | StartEvent
  | StepEvent
  | EvaluateEvent
  | CheckpointEvent
  | NoticeEvent
  | SampleEvent
  | EndEvent;

/** A step of a plan begins, says something while it works (pip's lines, rows prepared), ends. */
export type EngineEvent =
  | (At & { readonly kind: 'plan-step-begin'; readonly address: string; readonly verb: string; readonly title: string })
  | (At & { readonly kind: 'plan-step-progress'; readonly address: string; readonly line: string })
  | (At & {
      readonly kind: 'plan-step-end';
      readonly address: string;
      readonly verb: string;
      readonly outcome: 'done' | 'failed' | 'skipped';
      readonly message?: string;
    });

export type Event = EngineEvent | (TrainerEvent & { readonly address?: string });
