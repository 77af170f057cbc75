/** Runs that begin with another run's result: whose it is, and how it stands when a plan is made. */
import { isObject, type JsonObject } from '../base/json.ts';
import type { Birth } from '../base/token.ts';
import type { Artifact, Job, Manifest, Resource } from '../manifest.ts';
import type { Decision, Result, Seen } from './decide.ts';
import { decideAfter, starting } from './decide.ts';

const uses = ['adapter', 'merged', 'model'] as const;
export type Use = (typeof uses)[number];

/** What a run begins with, as its settings say. */
interface Begins {
  /** Address of the run whose result it is. */
  readonly run: string;
  readonly use: Use;
}

export function beginsWith({ settings: { model }, begins }: Pick<Job, 'settings' | 'begins'>): Begins | undefined {
  const use = uses.find((one) => isObject(model) && one === model.use);
  return begins && use ? { run: begins.address, use } : undefined;
}

/** The weights that the run's own are merged into, where it begins with such. */
export function mergedFor(job: Job, { resources }: Pick<Manifest, 'resources'>): Artifact | undefined {
  const begins = beginsWith(job);
  if (begins?.use !== 'merged') return undefined;
  const needed = resources.filter(({ address }) => job.needs.includes(address));
  return needed.find((one): one is Artifact => one.life === 'artifact' && one.begins?.address === begins.run);
}

/** With the identity that the plan goes by in the place of the one that the program gave. */
function withUpstream(job: Job, upstream: Job | undefined): Job {
  const { model } = job.settings;
  if (!upstream || !isObject(model) || model.identity === upstream.identity) return job;
  return { ...job, settings: { ...job.settings, model: { ...(model as JsonObject), identity: upstream.identity } } };
}

/** `one` for each job in turn, but after the run whose result it begins with, by whose identity it then goes. */
export function inOrder<T extends { readonly job: Job }>(jobs: readonly Job[], one: (job: Job) => T): T[] {
  const wanted = new Map(jobs.map((job) => [job.address, job]));
  const done = new Map<string, T>();
  const visit = (job: Job, waiting: readonly string[]): T => {
    const known = done.get(job.address);
    if (known) return known;
    const from = job.begins?.address;
    const upstream = from === undefined || waiting.includes(from) ? undefined : wanted.get(from);
    const before = upstream && visit(upstream, [...waiting, job.address]);
    const made = one(withUpstream(job, before?.job));
    done.set(job.address, made);
    return made;
  };
  return jobs.map((job) => visit(job, []));
}

function birthOf({ address, identity, born }: Birth): Birth {
  return { address, identity, ...(born === undefined ? {} : { born }) };
}

/** With the place where the result of its run lies, which a rename leaves where it is. `jobs`: as the plan goes by. */
export function withPlace<R extends Resource>(resource: R, jobs: ReadonlyMap<string, Resource>): R {
  const upstream = resource.begins && jobs.get(resource.begins.address);
  return upstream?.life === 'job' ? { ...resource, begins: birthOf(upstream) } : resource;
}

/** How a run's result stands: by what the target shows of it, and by what the plan does about it, where it does. */
export function resultOf(seen: Seen, planned: Pick<Decision, 'verb'> | undefined): Result {
  if (seen === 'done') return 'done';
  if (seen === 'unknown') return 'unknown';
  if (seen === 'running' || seen === 'queued') return 'coming';
  return planned && starting.includes(planned.verb) ? 'coming' : 'none';
}

/** The decision of a run that waits for another, with the reason of that one where nothing will come of it. */
export function afterResult(own: Decision, run: string, result: Result, why: string): Decision {
  const decision = decideAfter(own, result);
  if (decision === own) return own;
  return { ...decision, because: `${decision.because} (run ${run}: ${why})` };
}
