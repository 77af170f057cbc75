/** The steps that follow from what tokens have shown: rows that are left out, or packed into fewer sequences. */
import { isObject, type JsonObject } from '../base/json.ts';
import type { Derived } from '../manifest.ts';
import { derive, type StepInput } from './batch.ts';

export interface Learnt {
  /** Rows that are trained on. */
  readonly rows: number;
  /** What they are put together to; without packing as many. */
  readonly sequences: number;
  /** Rows that are evaluated. */
  readonly evaluationRows?: number;
}

const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined);

function warmupOf(value: unknown): StepInput['warmup'] {
  if (isObject(value) && typeof value.steps === 'number') return { steps: value.steps };
  return { ratio: (isObject(value) ? numberOf(value.ratio) : undefined) ?? 0 };
}

/** `settings`: of the run; `derived`: what followed from them as long as only rows were known. */
export function derivedOf(
  derived: Derived,
  settings: JsonObject,
  { rows, sequences, evaluationRows }: Learnt,
): Derived {
  const { world, microBatch, globalBatch } = derived;
  const found = derive({
    world,
    microBatch,
    globalBatch,
    rows: sequences,
    evaluationRows,
    epochs: numberOf(settings.epochs),
    maxSteps: numberOf(settings.maxSteps),
    warmup: warmupOf(settings.warmup),
    packing: false,
  });
  return { ...found, rows };
}
