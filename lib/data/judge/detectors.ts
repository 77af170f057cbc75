/** All detectors, in one place. */
import { Empty } from './answers.ts';
import { Conflicts, Duplicates } from './duplicates.ts';
import type { Detector, JudgeOptions } from './finding.ts';
import { Languages } from './languages.ts';
import { Lengths } from './lengths.ts';
import { letterDetectors } from './letters.ts';
import { Loss } from './loss.ts';
import { Markers } from './markers.ts';
import { NearDuplicates } from './near.ts';
import { Overlap } from './overlap.ts';
import { personalDetectors } from './personal.ts';
import { phraseDetectors } from './phrases.ts';
import type { Scratch } from './scratch.ts';
import { secretDetectors } from './secrets.ts';
import { Skew } from './skew.ts';

export function detectorsFor(options: JudgeOptions, scratch: Scratch): Detector[] {
  return [
    new Empty(),
    new Duplicates(scratch),
    new NearDuplicates(scratch),
    new Conflicts(scratch),
    ...(options.isEvaluation ? [new Overlap(options.isEvaluation, scratch)] : []),
    new Loss(options),
    new Markers(options.markers),
    ...letterDetectors(),
    ...personalDetectors(),
    ...secretDetectors(),
    ...phraseDetectors(),
    new Languages(),
    new Lengths(scratch),
    new Skew(scratch),
  ];
}
