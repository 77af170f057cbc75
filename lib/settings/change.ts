/** What is known of a setting besides its schema. Apart from the schemas, since plans need it and no schema. */
import type { Json } from '../base/json.ts';

/**
 * What a change of a setting means for a run that exists:
 * cosmetic: in place, nothing restarts. operational: from the next attempt on.
 * placement: stop at a checkpoint, go on elsewhere. semantic: a new run beside the old.
 */
export type Change = 'cosmetic' | 'operational' | 'placement' | 'semantic';

/** From least to most. */
export const changes: readonly Change[] = ['cosmetic', 'operational', 'placement', 'semantic'];

export interface SettingMeta {
  readonly class: Change;
  /** One sentence. */
  readonly doc: string;
  readonly unit?: string;
  /**
   * File and JSON pointer that the resolved value fills, `train.json#/sft/learning_rate`; where a value is
   * computed on its way (a duration, an enumeration), the renderer says how, and `via` says it here.
   */
  readonly place?: string;
  readonly via?: string;
}

export interface SettingRow extends SettingMeta {
  /** Dotted: `checkpoints.steps`. */
  readonly path: string;
  /** What the setting is where nobody writes it; absent: it has to be written, or is then absent too. */
  readonly fallback?: Json;
}
