/** All detectors, in one place. */
import { Conflicts, Duplicates } from './duplicates.ts';
import type { Detector, JudgeOptions } from './finding.ts';
import type { Scratch } from './scratch.ts';

export function detectorsFor(_options: JudgeOptions, scratch: Scratch): Detector[] {
  return [new Duplicates(scratch), new Conflicts(scratch)];
}
