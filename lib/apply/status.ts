/** How runs are doing, as values: from what the target finds and from the events of the newest attempt. */
import type { Cause, TrainerEvent } from '../base/events.ts';
import type { Sha } from '../base/hash.ts';
import type { Job } from '../manifest.ts';
import type { Seen } from '../plan/decide.ts';
import { runKey, seenOf } from '../plan/match.ts';
import type { Found } from '../state/attempt.ts';
import { runsOf } from '../state/record.ts';
import type { LookUp } from '../state/recover.ts';
import type { Recorded } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { findRuns } from './load.ts';

/** Read from the events of one attempt; absent is what none has told yet. */
export interface Progress {
  /** Optimizer steps that are done. */
  readonly step?: number;
  /** Optimizer steps of the run. */
  readonly maxSteps?: number;
  /** Passes over the rows, with the fraction of the one that goes on. */
  readonly epoch?: number;
  /** Of the newest step that was told. */
  readonly loss?: number;
  /** Of the newest evaluation. */
  readonly evaluationLoss?: number;
  /** Of the newest step that was told. */
  readonly learningRate?: number;
  /** All ranks. */
  readonly tokensPerSecond?: number;
  /** Steps to go times the median time of the newest steps; only while it runs. */
  readonly secondsLeft?: number;
  /** Of rank 0's device, or resident on a CPU. */
  readonly memoryBytes?: number;
  /** Checkpoint step that the attempt went on from; 0: from the beginning. */
  readonly resumedFrom?: number;
  /** Path of the result, relative to the run's folder. */
  readonly result?: string;
}

/** How one run stands. */
export interface RunStatus extends Progress {
  /** Path below the stack. */
  readonly address: string;
  /** Hash of what shapes learning. */
  readonly identity: Sha;
  /** False for a run that a newer one of other settings stands in front of. */
  readonly current: boolean;
  /** Of its newest attempt, or of one that runs. */
  readonly state: Seen;
  /** Its number. */
  readonly attempt?: number;
  /** How many the target has. */
  readonly attempts: number;
  /** What the target finds the attempt by. */
  readonly handle?: string;
  /** Why the newest attempt ended. */
  readonly cause?: Cause | string;
  /** What is known of the cause. */
  readonly message?: string;
  /** Step of the newest complete checkpoint; 0 where there is none. */
  readonly checkpoint: number;
}

/** The pace of late steps tells more than that of the first ones, which load and compile. */
const window = 50;

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 0 && low !== undefined && high !== undefined ? (low + high) / 2 : high;
}

/** Folds events into what they say in the end. */
export class ProgressReader {
  #progress: Progress = {};
  #seconds: number[] = [];
  #ended = false;

  add(event: TrainerEvent): void {
    switch (event.kind) {
      case 'start':
        this.#set({ maxSteps: event.max_steps, resumedFrom: event.resumed_from, step: event.resumed_from });
        break;
      case 'step':
        this.#seconds = [...this.#seconds.slice(1 - window), event.step_seconds];
        this.#set({
          step: event.step,
          maxSteps: event.max_steps,
          epoch: event.epoch,
          loss: event.loss,
          learningRate: event.learning_rate,
          tokensPerSecond: event.tokens_per_second,
          memoryBytes: event.memory_bytes,
        });
        break;
      case 'evaluate':
        this.#set({ evaluationLoss: event.eval_loss });
        break;
      case 'sample':
        // A step's own figure is of the device; a sample is all there is before the first step.
        if (this.#seconds.length === 0) this.#set({ memoryBytes: event.memory_bytes });
        break;
      case 'end':
        this.#ended = true;
        this.#set({ step: event.step, ...(event.result === undefined ? {} : { result: event.result }) });
        break;
      case 'checkpoint':
      case 'notice':
        break;
    }
  }

  #set(more: Progress): void {
    this.#progress = { ...this.#progress, ...more };
  }

  get value(): Progress {
    const { step, maxSteps } = this.#progress;
    const pace = median(this.#seconds);
    if (this.#ended || step === undefined || maxSteps === undefined || pace === undefined) return this.#progress;
    return { ...this.#progress, secondsLeft: Math.max(0, maxSteps - step) * pace };
  }
}

export async function progressOf(target: Target, job: Job, n: number): Promise<Progress> {
  const reader = new ProgressReader();
  for (const event of await target.glance(job, n)) reader.add(event);
  return reader.value;
}

function withoutTimeLeft(progress: Progress): Progress {
  const { secondsLeft: _, ...rest } = progress;
  return rest;
}

function newestOf(found: readonly Found[]): Found | undefined {
  return found.find((each) => each.state === 'running') ?? found.at(-1);
}

async function statusOf(target: Target, job: Job, current: boolean, lookUp: LookUp): Promise<RunStatus> {
  const found = lookUp === 'unknown' ? [] : lookUp;
  const base = { address: job.address, identity: job.identity, current, state: seenOf(lookUp), attempts: found.length };
  const newest = newestOf(found);
  if (!newest) return { ...base, checkpoint: 0 };
  const progress = await progressOf(target, job, newest.n);
  return {
    ...base,
    ...(newest.state === 'running' ? progress : withoutTimeLeft(progress)),
    attempt: newest.n,
    handle: newest.handle,
    ...(newest.cause === undefined ? {} : { cause: newest.cause }),
    ...(newest.message === undefined ? {} : { message: newest.message }),
    checkpoint: Math.max(0, ...found.map((each) => each.checkpoint)),
  };
}

/** Of each recorded run, the current ones and those superseded that still live. Needs no lock. */
export async function status(target: Target, recorded: readonly Recorded[]): Promise<RunStatus[]> {
  const runs = recorded.flatMap((record) =>
    runsOf(record).map(({ resource }, index) => ({ job: resource, current: index === 0 })),
  );
  const looks = await findRuns(
    target,
    runs.map(({ job }) => job),
  );
  const shown = runs
    .map((run) => ({ ...run, lookUp: looks.get(runKey(run.job)) ?? ('unknown' as const) }))
    .filter(({ current, lookUp }) => current || ['running', 'queued'].includes(seenOf(lookUp)));
  return Promise.all(shown.map(({ job, current, lookUp }) => statusOf(target, job, current, lookUp)));
}
