/** What an apply does, one node of its walk each. */
import type { Artifact, Job, Manifest } from '../manifest.ts';
import { jobsOf } from '../plan/match.ts';
import type { JobStep } from '../plan/step.ts';
import type { Node } from './walk.ts';

export interface ArtifactTask extends Node {
  readonly life: 'artifact';
  readonly verb: string;
  readonly artifact: Artifact;
}

export interface JobTask extends Node {
  readonly life: 'job';
  readonly verb: string;
  readonly step: JobStep;
  /** As wanted; of a removed construct as recorded. */
  readonly job: Job;
}

/** The result of a run, which others begin with. */
export interface ResultTask extends Node {
  readonly life: 'result';
  readonly verb: 'wait';
  readonly job: Job;
}

export type Task = ArtifactTask | JobTask | ResultTask;

const suffix = '#result';

/** `jobs`: those that start now. The results that some of them begin with, and that were not there when planned. */
export function resultTasks(jobs: readonly JobTask[], manifest: Manifest): ResultTask[] {
  const wanted = new Map(jobsOf(manifest).map((job) => [job.address, job]));
  const coming = jobs.filter(({ step }) => step.begins?.result === 'coming');
  const awaited = new Set(coming.flatMap(({ step }) => wanted.get(step.begins?.run ?? '') ?? []));
  return [...awaited].map((job) => ({
    life: 'result',
    address: `${job.address}${suffix}`,
    needs: [job.address],
    verb: 'wait',
    job,
    waits: true,
  }));
}

/** Who needs a run needs what it leaves: it waits for the result too. */
export function withResults(tasks: readonly Task[], results: readonly ResultTask[]): Task[] {
  const awaited = new Map(results.map(({ job, address }) => [job.address, address]));
  const after = (task: Task): Task => {
    const more = task.needs.flatMap((need) => awaited.get(need) ?? []);
    return more.length === 0 ? task : { ...task, needs: [...task.needs, ...more] };
  };
  return [...tasks.map(after), ...results];
}

export function titleOf(task: Task): string {
  if (task.life === 'result') return `waiting for run ${task.job.address}`;
  return `${task.life === 'artifact' ? task.artifact.make : 'run'} ${task.address}`;
}

/** The address of a task, as a person knows it. */
export function nameOf(address: string): string {
  return address.endsWith(suffix) ? `run ${address.slice(0, -suffix.length)}` : address;
}
