/** The steps of runs: of those that the program has, in the order of their results, and of those that it has no more. */
import { isSame } from '../base/json.ts';
import { tokenOf } from '../base/token.ts';
import type { Artifact, Job } from '../manifest.ts';
import { isProtected, runsOf } from '../state/record.ts';
import type { LookUp } from '../state/recover.ts';
import type { Recorded } from '../state/state.ts';
import { type Decision, decide, decideByHand, decideRemoved, decideRenamed, type Seen, type Verb } from './decide.ts';
import { startedByHand } from './drift.ts';
import { fileChanges } from './file-changes.ts';
import { askedOf, resumeOf } from './go-on.ts';
import type { PlanInput } from './input.ts';
import { type Matched, type Observed, runKey, seenOf } from './match.ts';
import { type JobStep, type LivingRun, starting } from './step.ts';
import { afterResult, beginsWith, mergedFor, resultOf } from './upstream.ts';

function attemptNumber(matched: Matched, observed: Observed): number {
  const lookUp = observed.runs.get(runKey(matched.job));
  const found = lookUp === undefined || lookUp === 'unknown' ? [] : lookUp.map(({ n }) => n);
  const runs = matched.record ? runsOf(matched.record) : [];
  const own = runs.find((run) => run.resource.identity === matched.job.identity)?.attempts ?? [];
  // Without a handle it may never have begun: its number, and so its token, is used again.
  const known = own.filter((attempt) => attempt.handle !== undefined).map(({ n }) => n);
  return 1 + Math.max(0, ...found, ...known);
}

function startOf(matched: Matched, verb: Verb, input: PlanInput): Pick<JobStep, 'attempt' | 'token'> {
  if (!starting.includes(verb)) return {};
  const attempt = attemptNumber(matched, input.observed);
  const { root } = input.observed;
  return root === undefined
    ? { attempt }
    : { attempt, token: tokenOf(root, input.manifest.stack, matched.job, attempt) };
}

function besideOf(record: Recorded | undefined, job: Job, observed: Observed): LivingRun[] {
  if (!record) return [];
  return runsOf(record)
    .filter((run) => run.resource.identity !== job.identity)
    .map(({ resource }) => ({ identity: resource.identity, seen: seenOf(observed.runs.get(runKey(resource)) ?? []) }))
    .filter(({ seen }) => seen === 'queued' || seen === 'running');
}

function progress(lookUp: ReturnType<Observed['runs']['get']>): Pick<JobStep, 'checkpoint' | 'step'> {
  const found = lookUp === undefined || lookUp === 'unknown' ? [] : lookUp;
  return {
    checkpoint: Math.max(0, ...found.map((each) => each.checkpoint)),
    step: Math.max(0, ...found.map((each) => each.step)),
  };
}

function derivedOf(before: Job | undefined, after: Job): Pick<JobStep, 'derived'> {
  if (before && isSame(before.derived, after.derived)) return {};
  return { derived: { ...(before ? { before: before.derived } : {}), after: after.derived } };
}

/** Either says it: to lift the protection and to do what it forbids are two plans. */
function protection(...jobs: readonly (Job | undefined)[]): Pick<JobStep, 'protected'> {
  return jobs.some((job) => job && isProtected(job)) ? { protected: true } : {};
}

export type Artifacts = ReadonlyMap<string, Artifact>;

/** Only where something is done, and told only by who has what was applied. */
export function withFiles(step: JobStep, { job, record }: Matched, artifacts: Artifacts, input: PlanInput): JobStep {
  if (step.verb === 'none' || step.verb === 'rename' || !input.keptFiles) return step;
  const files = fileChanges(job, record, artifacts, input.keptFiles);
  const rows = input.rowChanges?.get(job.address);
  return { ...step, ...(files === undefined ? {} : { files }), ...(rows === undefined ? {} : { rows }) };
}

function ownDecision(matched: Matched, seen: Seen, lookUp: LookUp | undefined, input: PlanInput): Decision {
  const { job, record, change } = matched;
  const decision = decide({ recorded: record !== undefined, change, seen, asked: askedOf(matched, input) });
  const found = lookUp === undefined || lookUp === 'unknown' ? [] : lookUp;
  const newest = startedByHand(record, job, found).at(-1);
  return newest ? decideByHand(decision, newest.n) : decision;
}

/** `upstream`: the run whose result it begins with, and what is planned for that one, where this plan is about it. */
function jobStep(matched: Matched, from: string | undefined, upstream: Planned | undefined, input: PlanInput): JobStep {
  const { job, record, change } = matched;
  const lookUp = input.observed.runs.get(runKey(job));
  const seen = seenOf(lookUp);
  const own = ownDecision(matched, seen, lookUp, input);
  const begins = upstream && beginsOf(job, upstream, input);
  const decided = begins ? afterResult(own, begins.run, begins.result, upstream.because) : own;
  const decision = from === undefined ? decided : decideRenamed(decided, from);
  return {
    life: 'job',
    address: job.address,
    type: job.does,
    ...(from === undefined ? {} : { from }),
    ...decision,
    needs: job.needs,
    seen,
    change,
    ...resumeOf(matched, decision.verb, lookUp, input),
    ...(job.ignored ? { ignored: job.ignored } : {}),
    ...(record ? { before: record.resource } : {}),
    ...derivedOf(record?.resource, job),
    ...startOf(matched, decision.verb, input),
    ...progress(lookUp),
    ...protection(record?.resource, job),
    ...(begins ? { begins: decided === own ? begins : { ...begins, blocked: true } } : {}),
    beside: besideOf(record, job, input.observed),
  };
}

interface Planned {
  readonly seen: Seen;
  readonly because: string;
  /** Where this plan is about it. */
  readonly step?: JobStep;
}

function beginsOf(job: Job, upstream: Planned, { manifest, observed }: PlanInput): JobStep['begins'] {
  const begins = beginsWith(job);
  if (!begins) return undefined;
  const merged = mergedFor(job, manifest)?.address;
  // Weights that are merged already need their run no more.
  const isThere = merged !== undefined && observed.presence.get(merged) === 'whole';
  return { ...begins, result: isThere ? 'done' : resultOf(upstream.seen, upstream.step) };
}

/** The steps of the runs, each made after that of the run whose result it begins with. */
export function jobSteps(
  all: readonly Matched[],
  from: ReadonlyMap<string, string>,
  input: PlanInput,
): Map<string, JobStep> {
  const byAddress = new Map(all.map((each) => [each.job.address, each]));
  const steps = new Map<string, JobStep>();
  const planned = (run: Matched, waiting: readonly string[]): Planned => {
    const { address } = run.job;
    if (!input.only || input.only.includes(address)) {
      const step = one(run, waiting);
      return { seen: step.seen, because: step.because, step };
    }
    const seen = seenOf(input.observed.runs.get(runKey(run.job)));
    return { seen, because: `${address} is not part of this plan` };
  };
  const one = (run: Matched, waiting: readonly string[]): JobStep => {
    const { address } = run.job;
    const known = steps.get(address);
    if (known) return known;
    const begins = beginsWith(run.job)?.run;
    const upstream = begins === undefined || waiting.includes(begins) ? undefined : byAddress.get(begins);
    const before = upstream && planned(upstream, [...waiting, address]);
    const step = jobStep(run, from.get(address), before, input);
    steps.set(address, step);
    return step;
  };
  for (const run of all) if (!input.only || input.only.includes(run.job.address)) one(run, []);
  return steps;
}

export function removedStep(record: Recorded, observed: Observed): JobStep {
  const looks = runsOf(record).map(({ resource }) => observed.runs.get(runKey(resource)));
  const seens = looks.map((lookUp, index) => seenOf(index === 0 ? lookUp : (lookUp ?? [])));
  const worst = (['unknown', 'running', 'queued'] as const).find((state) => seens.includes(state));
  const seen = worst ?? seens[0] ?? 'absent';
  const { resource } = record;
  return {
    life: 'job',
    address: record.address,
    type: resource.does,
    ...decideRemoved(seen),
    needs: [],
    seen,
    change: 'none',
    fields: [],
    before: resource,
    derived: { before: resource.derived },
    ...progress(looks[0]),
    ...protection(resource),
    beside: besideOf(record, resource, observed),
  };
}
