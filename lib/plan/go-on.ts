/** What a run that starts goes on from, where that was written in another layout or lies elsewhere. */
import type { LookUp } from '../state/recover.ts';
import type { Asked, Verb } from './decide.ts';
import type { Matched } from './match.ts';
import { type Graded, judge, movedTo } from './move.ts';
import type { JobStep } from './step.ts';

/** Of what a plan is made from. */
interface Wishes {
  readonly asked?: Readonly<Record<string, Asked>>;
  readonly allowMove?: boolean;
}

/** What is asked for by name; a move that a crash cut off asks to be ended. */
export function askedOf({ job, record, change }: Matched, { asked, allowMove }: Wishes): Asked {
  const moving = record?.moving !== undefined && change !== 'semantic';
  return asked?.[job.address] ?? (moving ? 'resume' : allowMove ? 'move' : 'nothing');
}

const goesOn: readonly Verb[] = ['move', 'attempt', 'create'];
const untrained: Graded = { grade: 'exact', because: 'nothing is trained yet: it starts from the beginning' };

export function resumeOf(
  { job, record, fields, change }: Matched,
  verb: Verb,
  lookUp: LookUp | undefined,
  { asked, allowMove }: Wishes,
): Pick<JobStep, 'fields' | 'resume'> {
  const anew = verb === 'create' && asked?.[job.address] === 'replace';
  if (!record || change === 'semantic' || anew || !goesOn.includes(verb)) return { fields };
  const found = lookUp === undefined || lookUp === 'unknown' ? [] : lookUp;
  const { resource: before, attempts, moving } = record;
  const judged = judge({ job, before, attempts, found, fields });
  const resume = judged.resume ?? (verb === 'move' ? untrained : undefined);
  if (!resume) return { fields: judged.fields };
  const allowed = allowMove === true || moving === movedTo(job);
  return { fields: judged.fields, resume: { ...resume, allowed } };
}
