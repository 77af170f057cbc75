/** What a line of `--json` output holds, of the commands that tell while something happens. */
import type { StepResult } from '../apply/result.ts';
import type { EngineEvent, TrainerEvent } from '../base/events.ts';
import type { PlanDocument } from '../plan/resource-changes.ts';

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

/** The first line of an apply that makes its plan itself: of all its stacks. */
export interface PlanLine {
  /** Which line it is. */
  readonly type: 'plan';
  /** What `sft plan --json` prints. */
  readonly plan: PlanDocument;
}

/** A step that failed or was left out, and why. */
export interface DiagnosticLine extends StepResult {
  /** Which line it is. */
  readonly type: 'diagnostic';
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

/** One line of `sft apply --json`, `resume --json`, `destroy --json` or `logs --json`. */
export type EventLine = TrainerEvent | PlanLine | RunEventLine | ApplyLine | DiagnosticLine | SummaryLine;
