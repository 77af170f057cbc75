/**
 * What a change of a setting means for a run that exists:
 * cosmetic: in place, nothing restarts. operational: from the next attempt on.
 * placement: stop at a checkpoint, go on elsewhere. semantic: a new run beside the old.
 */
export type Change = 'cosmetic' | 'operational' | 'placement' | 'semantic';

/** From least to most. */
export const changes: readonly Change[] = ['cosmetic', 'operational', 'placement', 'semantic'];
