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
/** Why an attempt ended; `done` alone is success. `sft explain trainer/CAUSE` says more. */
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

/** When it was told. */
export interface EventTime {
  /** Seconds since 1970, by the clock of the machine that tells. */
  readonly time: number;
}

/** First line of each attempt, from rank 0. */
export interface StartEvent extends EventTime {
  /** Which event it is. */
  readonly kind: 'start';
  /** Counted from 1. */
  readonly attempt: number;
  /** Of the attempt: made from workspace, address, identity and number. */
  readonly token: Sha;
  /** Data-parallel ranks. */
  readonly world_size: number;
  /** Of the packages that train, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Checkpoint step that this attempt goes on from; 0 = from the beginning. */
  readonly resumed_from: number;
  /** Optimizer steps of the run. */
  readonly max_steps: number;
  /** Parameters that are trained. */
  readonly trainable_parameters: number;
  /** All parameters. */
  readonly parameters: number;
  /** Rows that are learnt from. */
  readonly train_rows: number;
  /** Tokens of these rows that count in the loss. */
  readonly trained_tokens: number;
}

/** After optimizer steps, as often as `logging` says. */
export interface StepEvent extends EventTime {
  /** Which event it is. */
  readonly kind: 'step';
  /** Optimizer steps since the beginning of the run. */
  readonly step: number;
  /** Optimizer steps of the run. */
  readonly max_steps: number;
  /** Passes over the rows, with the fraction of the one that goes on. */
  readonly epoch: number;
  /** Mean since the last step event. */
  readonly loss: number;
  /** Before clipping. */
  readonly grad_norm: number;
  /** Of the step. */
  readonly learning_rate: number;
  /** Non-padding tokens over the wall time since the last step event, all ranks. */
  readonly tokens_per_second: number;
  /** Seconds of wall time a step, since the last step event. */
  readonly step_seconds: number;
  /** Bytes: peak device memory of rank 0, or the process's resident size on a CPU. */
  readonly memory_bytes: number;
}

/** After an evaluation. */
export interface EvaluateEvent extends EventTime {
  /** Which event it is. */
  readonly kind: 'evaluate';
  /** Optimizer steps since the beginning of the run. */
  readonly step: number;
  /** Mean loss over the held-out rows. */
  readonly eval_loss: number;
}

/** Written after the marker of the checkpoint. */
export interface CheckpointEvent extends EventTime {
  /** Which event it is. */
  readonly kind: 'checkpoint';
  /** Optimizer steps that it holds. */
  readonly step: number;
  /** Relative to the run's folder. */
  readonly path: string;
  /** Size of its files. */
  readonly bytes: number;
}

/** A checkpoint that did not count or did not load, a retry, a signal: what a person should know. */
export interface NoticeEvent extends EventTime {
  /** Which event it is. */
  readonly kind: 'notice';
  /** One sentence. */
  readonly message: string;
}

/** A sample by the supervisor: resident bytes of the whole process tree, and its CPU share (1 = one core). */
export interface SampleEvent extends EventTime {
  /** Which event it is. */
  readonly kind: 'sample';
  /** Resident bytes. */
  readonly memory_bytes: number;
  /** Share of CPU time since the last sample; 1 is one core. */
  readonly cpu: number;
}

/** Last line of each attempt. Absent where the supervisor itself was killed. */
export interface EndEvent extends EventTime {
  /** Which event it is. */
  readonly kind: 'end';
  /** Why it ended. */
  readonly cause: Cause;
  /** Optimizer steps that were done. */
  readonly step: number;
  /** What is known of the cause. */
  readonly message?: string;
  /** Relative to the run's folder; on `done` only. */
  readonly result?: string;
  /** The attempt that the same supervisor goes on with, where it retries. */
  readonly next?: number;
}

/** What the trainer and its supervisor tell of a run: told apart by `kind`. */
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
  | (EventTime & {
      readonly kind: 'plan-step-begin';
      readonly address: string;
      readonly verb: string;
      readonly title: string;
    })
  | (EventTime & { readonly kind: 'plan-step-progress'; readonly address: string; readonly line: string })
  | (EventTime & {
      readonly kind: 'plan-step-end';
      readonly address: string;
      readonly verb: string;
      readonly outcome: 'done' | 'failed' | 'skipped';
      readonly message?: string;
    });

export type Event = EngineEvent | (TrainerEvent & { readonly address?: string });
