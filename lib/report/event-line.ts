/** What a line of `--json` output holds, of the commands that tell while something happens. */
import type { EngineEvent, TrainerEvent } from '../base/events.ts';
import type { Finding } from '../finding.ts';

/** A line of `sft apply --wait --json` from a run: what its trainer or supervisor told. */
export type RunEventLine = TrainerEvent & {
  /** Which line it is. */
  readonly type: 'run_event';
  /** The stack's id. */
  readonly stack: string;
  /** The run's path below its stack. */
  readonly address: string;
};

/** A step of a plan begins, works, ends; `type` has Terraform's names. */
export type ApplyLine =
  | (Extract<EngineEvent, { kind: 'plan-step-begin' }> & { readonly type: 'apply_start' })
  | (Extract<EngineEvent, { kind: 'plan-step-progress' }> & { readonly type: 'apply_progress' })
  | (Extract<EngineEvent, { kind: 'plan-step-end' }> & { readonly type: 'apply_complete' | 'apply_errored' });

/** A step that failed or was left out, and why. */
export interface DiagnosticLine {
  /** Which line it is. */
  readonly type: 'diagnostic';
  /** Of the resource that the step was about. */
  readonly address: string;
  /** How the step ended. */
  readonly outcome: 'done' | 'failed' | 'skipped';
  /** Why, where no finding says it. */
  readonly message?: string;
  /** What is wrong, and what to do. */
  readonly findings?: readonly Finding[];
  /** What else is known of the step. */
  readonly [more: string]: unknown;
}

/** The last line of a stack. */
export interface SummaryLine {
  /** Which line it is. */
  readonly type: 'change_summary';
  /** The stack's id. */
  readonly stack: string;
  /** Steps that were carried out; absent where a stack was destroyed. */
  readonly done?: number;
  /** The exit code that this stack alone would give. */
  readonly exit: number;
}

/** One line of `sft logs --json`, `sft apply --json` or `sft destroy --json`. */
export type EventLine = TrainerEvent | RunEventLine | ApplyLine | DiagnosticLine | SummaryLine;
