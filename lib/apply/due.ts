/** What of a plan is still to be done: less than it says, where an earlier apply of it came some way. */
import type { EngineEvent } from '../base/events.ts';
import { tokenOf } from '../base/token.ts';
import type { Job } from '../manifest.ts';
import { jobsOf, runKey } from '../plan/match.ts';
import { type JobStep, type Plan, starting } from '../plan/step.ts';
import type { LookUp } from '../state/recover.ts';
import type { Target } from '../targets/target.ts';
import { hasMoved } from './move.ts';
import { type Artifacts, artifactsFor } from './needs.ts';
import type { Session } from './session.ts';
import { alreadyThere } from './start.ts';
import { type ArtifactTask, type JobTask, resultTasks, type Task, withResults } from './tasks.ts';

export interface WorkInput {
  readonly plan: Plan;
  readonly target: Target;
  readonly session: Session;
  readonly emit: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly root: string;
  /** What is on the target now, which may be more than when the plan was made. */
  readonly runs: ReadonlyMap<string, LookUp>;
  readonly artifacts: Artifacts;
  readonly desk: { readonly now: () => number };
}

export function lookUpOf({ runs }: Pick<WorkInput, 'runs'>, job: Job): LookUp {
  return runs.get(runKey(job)) ?? 'unknown';
}

export function tokenFor({ root, plan }: Pick<WorkInput, 'root' | 'plan'>, { job, step }: JobTask): string {
  return tokenOf(root, plan.stack, job, step.attempt ?? 1);
}

/** Whether the job still has to be started: not, where an earlier apply of this plan came that far. */
export function isDue(input: WorkInput, task: JobTask): boolean {
  if (!starting.includes(task.verb as JobStep['verb'])) return false;
  const found = lookUpOf(input, task.job);
  const token = tokenFor(input, task);
  if (task.verb === 'move') return found !== 'unknown' && !hasMoved(input, task, token, found);
  return found !== 'unknown' && alreadyThere(found, token) === undefined;
}

function jobTasks({ plan }: WorkInput): JobTask[] {
  const jobs = new Map(jobsOf(plan.manifest).map((job) => [job.address, job]));
  return plan.steps.flatMap((step) => {
    if (step.life !== 'job' || step.verb === 'none') return [];
    const job = jobs.get(step.address) ?? step.before;
    // What is only recorded, stopped or forgotten waits for nothing.
    const needs = starting.includes(step.verb) ? (job?.needs ?? []) : [];
    return job ? [{ life: 'job', address: step.address, needs, verb: step.verb, step, job } as const] : [];
  });
}

/** `jobs`: those that start now. What they need, and what is to be repaired; not what is whole by now. */
async function artifactTasks(
  { plan, artifacts, target }: WorkInput,
  jobs: readonly JobTask[],
): Promise<ArtifactTask[]> {
  const verbs = new Map(plan.steps.map((step) => [step.address, step.verb]));
  const needed = jobs.flatMap((task) => artifactsFor(task.job, artifacts));
  const repaired = [...artifacts.values()].filter(({ address }) => verbs.get(address) === 'repair');
  const wanted = [...new Set([...needed, ...repaired])];
  if (wanted.length === 0) return [];
  const presence = await target.has(wanted);
  return wanted
    .filter(({ address }) => presence.get(address) !== 'whole')
    .map((artifact) => {
      const { address, needs } = artifact;
      const verb = presence.get(address) === 'altered' ? 'repair' : 'create';
      return { life: 'artifact', address, needs, verb, artifact };
    });
}

export async function dueTasks(input: WorkInput): Promise<Task[]> {
  const jobs = jobTasks(input);
  const starts = jobs.filter((task) => isDue(input, task));
  return withResults([...(await artifactTasks(input, starts)), ...jobs], resultTasks(starts, input.plan.manifest));
}
