/** Whether what a plan saw of its target still holds for what is due. An apply of this plan that came some way is no change. */
import { exit, UserError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { stale } from '../plan/document.ts';
import { seenOf } from '../plan/match.ts';
import { isDue, lookUpOf, type WorkInput } from './due.ts';
import type { JobTask, Task } from './tasks.ts';

function staleRun(input: WorkInput, { job, step, verb }: JobTask): Finding[] {
  const found = lookUpOf(input, job);
  // A move that was begun has stopped its run itself.
  if (found === 'unknown' || verb === 'move') return [];
  const now = seenOf(found);
  if (now !== step.seen)
    return [stale(`Run ${step.address} was ${step.seen} when the plan was made, and is ${now} now.`)];
  const checkpoint = Math.max(0, ...found.map((each) => each.checkpoint));
  if (checkpoint === step.checkpoint) return [];
  const [before, after] = [step.checkpoint, checkpoint].map((at) => (at === 0 ? 'none' : `that of step ${at}`));
  return [
    stale(`The newest checkpoint of run ${step.address} was ${before} when the plan was made, and is ${after} now.`),
  ];
}

/** Only what was whole can have been edited: what an apply builds is published when it is whole. */
function staleArtifacts({ plan }: WorkInput, tasks: readonly Task[]): Finding[] {
  const seen = new Map(plan.steps.flatMap((step) => (step.life === 'artifact' ? [[step.address, step.seen]] : [])));
  return tasks.flatMap((task) =>
    task.life === 'artifact' && task.verb === 'repair' && seen.get(task.address) === 'whole'
      ? [stale(`Files of ${task.artifact.make} ${task.address} on the target were edited after the plan was made.`)]
      : [],
  );
}

/** Throws with exit 5 where something on the target is no longer as the plan saw it, before anything is done. */
export function checkStillHolds(input: WorkInput, tasks: readonly Task[]): void {
  const due = tasks.filter((task): task is JobTask => task.life === 'job' && isDue(input, task));
  const found = [...due.flatMap((task) => staleRun(input, task)), ...staleArtifacts(input, tasks)];
  if (found.length > 0) throw new UserError(found, exit.stale);
}
