/** What came of an apply, step by step. */
import { type ExitCode, exit } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { State } from '../state/state.ts';
import type { Outcome } from './walk.ts';

/** What came of one step. */
export interface StepResult {
  /** Of the resource that the step was about. */
  readonly address: string;
  /** What was to be done; `wait`: for another run. */
  readonly verb: string;
  /** How the step ended. */
  readonly outcome: Outcome;
  /** Why, where no finding says it. */
  readonly message?: string;
  /** Where the user can do something about a failure. */
  readonly findings?: readonly Finding[];
  /** Of a run that was started, or found started. */
  readonly attempt?: number;
  /** What the target finds the attempt by. */
  readonly handle?: string;
}

export interface ApplyResult {
  readonly exit: ExitCode;
  readonly steps: readonly StepResult[];
  /** The newest state; undefined where there is none yet. */
  readonly state: State | undefined;
  readonly interrupted: boolean;
}

export function codeOf(steps: readonly StepResult[], interrupted: boolean): ExitCode {
  const has = (outcome: Outcome) => steps.some((step) => step.outcome === outcome);
  if (interrupted && (has('interrupted') || has('skipped'))) return exit.interrupted;
  if (has('unknown')) return exit.unknown;
  const failed = steps.filter((step) => step.outcome === 'failed');
  if (failed.length === 0) return exit.done;
  // Nothing of ours failed where the training did that another run waited for.
  return failed.every((step) => step.verb === 'wait') ? exit.runFailed : exit.error;
}
