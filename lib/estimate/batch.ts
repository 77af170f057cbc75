/**
 * The arithmetic of batches and steps. The same as transformers' (Trainer.set_initial_training_values and accelerate's
 * BatchSamplerShard), so that a plan's step count is the run's; docs/formulas.md has the formulas in words.
 */
import type { Derived } from '../manifest.ts';

export interface StepInput {
  readonly world: number;
  readonly microBatch: number;
  readonly globalBatch: number;
  readonly rows?: number | undefined;
  readonly evaluationRows?: number | undefined;
  readonly epochs?: number | undefined;
  readonly maxSteps?: number | undefined;
  readonly warmup: { readonly steps: number } | { readonly ratio: number };
  /** Rows become fewer sequences, how many only the tokenizer knows. */
  readonly packing: boolean;
}

function stepsPerEpoch(input: StepInput, accumulation: number): number | undefined {
  if (input.rows === undefined || input.packing) return undefined;
  // The sampler deals whole micro-batches to the ranks in turn and fills the last round up.
  const perRank = Math.ceil(Math.ceil(input.rows / input.microBatch) / input.world);
  return Math.max(1, Math.ceil(perRank / accumulation));
}

function warmupSteps(warmup: StepInput['warmup'], steps: number | undefined): number | undefined {
  if ('steps' in warmup) return warmup.steps;
  return steps === undefined ? undefined : Math.ceil(steps * warmup.ratio);
}

/** Everything that follows; `globalBatch` must be a multiple of `microBatch x world`. */
export function derive(input: StepInput): Derived {
  const { world, microBatch, globalBatch, rows, evaluationRows } = input;
  const accumulation = globalBatch / (microBatch * world);
  const each = stepsPerEpoch(input, accumulation);
  const steps = input.maxSteps ?? (each === undefined ? undefined : Math.ceil(each * (input.epochs ?? 0)));
  const warm = warmupSteps(input.warmup, steps);
  return {
    world,
    microBatch,
    accumulation,
    globalBatch,
    ...(rows === undefined ? {} : { rows }),
    ...(evaluationRows ? { evaluationRows } : {}),
    ...(each === undefined ? {} : { stepsPerEpoch: each }),
    ...(steps === undefined ? {} : { steps }),
    ...(warm === undefined ? {} : { warmupSteps: warm }),
  };
}
