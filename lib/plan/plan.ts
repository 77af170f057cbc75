/** The plan of one stack: from what is wanted, recorded and seen to the steps that apply takes. Pure. */
import { hashOf, type Sha } from '../base/hash.ts';
import { isSame } from '../base/json.ts';
import { tokenOf } from '../base/token.ts';
import type { Artifact, Job, Manifest, Resource } from '../manifest.ts';
import type { GitState } from '../state/attempt.ts';
import { isProtected, runsOf } from '../state/record.ts';
import type { Recorded, State } from '../state/state.ts';
import { type Asked, decide, decideArtifact, decideRemoved, decideRenamed, type Seen, type Verb } from './decide.ts';
import { fileChanges, type KeptFiles } from './file-changes.ts';
import { findingsOf } from './findings.ts';
import { askedOf, resumeOf } from './go-on.ts';
import { located, type Matched, match, type Observed, runKey, seenOf } from './match.ts';
import { refreshSteps } from './refresh.ts';
import { renameFindings } from './renames.ts';
import {
  type ArtifactStep,
  type JobStep,
  type LivingRun,
  type Plan,
  type PlanBody,
  planFormat,
  type Step,
  starting,
} from './step.ts';
import { afterResult, beginsWith, mergedFor, resultOf, withPlace } from './upstream.ts';

export interface PlanInput {
  readonly tool: string;
  readonly project: string;
  readonly manifest: Manifest;
  /** Undefined: never applied. */
  readonly state: Pick<State, 'lineage' | 'serial'> | undefined;
  /** Of that state, recovered where a crash left something open. */
  readonly recorded: readonly Recorded[];
  readonly observed: Observed;
  readonly git?: GitState;
  readonly inputs?: Readonly<Record<string, Sha>>;
  /** By address of a run. */
  readonly asked?: Readonly<Record<string, Asked>>;
  /** Files of runs as they were applied, by the key of their bundle. */
  readonly keptFiles?: KeptFiles;
  /** A run may be stopped to go on in another layout, and go on from a checkpoint that does not load exactly. */
  readonly allowMove?: boolean;
  /** Only take over what the target shows. */
  readonly refreshOnly?: boolean;
  /** Plan these runs and what they need, and nothing else. */
  readonly only?: readonly string[];
}

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

type Artifacts = ReadonlyMap<string, Artifact>;

/** Only where something is done, and told only by who has what was applied. */
function withFiles(step: JobStep, { job, record }: Matched, artifacts: Artifacts, input: PlanInput): JobStep {
  if (step.verb === 'none' || step.verb === 'rename' || !input.keptFiles) return step;
  const files = fileChanges(job, record, artifacts, input.keptFiles);
  return files === undefined ? step : { ...step, files };
}

/** `upstream`: the run whose result it begins with, and what is planned for that one, where this plan is about it. */
function jobStep(matched: Matched, from: string | undefined, upstream: Planned | undefined, input: PlanInput): JobStep {
  const { job, record, change } = matched;
  const lookUp = input.observed.runs.get(runKey(job));
  const seen = seenOf(lookUp);
  const own = decide({ recorded: record !== undefined, change, seen, asked: askedOf(matched, input) });
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
function jobSteps(all: readonly Matched[], from: ReadonlyMap<string, string>, input: PlanInput): Map<string, JobStep> {
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

function removedStep(record: Recorded, observed: Observed): JobStep {
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

function needed(jobs: readonly JobStep[], artifacts: Artifacts): ReadonlySet<string> {
  const all = new Set<string>();
  const visit = (address: string) => {
    if (all.has(address)) return;
    all.add(address);
    for (const need of artifacts.get(address)?.needs ?? []) visit(need);
  };
  for (const job of jobs) if (starting.includes(job.verb)) for (const need of job.needs) visit(need);
  return all;
}

function artifactStep(artifact: Artifact, isNeeded: boolean, observed: Observed): ArtifactStep {
  const seen = observed.presence.get(artifact.address) ?? 'unknown';
  const decision = decideArtifact(isNeeded, seen);
  return { life: 'artifact', address: artifact.address, type: artifact.make, ...decision, needs: artifact.needs, seen };
}

function withIdentities(manifest: Manifest, matched: readonly Matched[]): Manifest {
  const jobs = new Map<string, Resource>(matched.map(({ job }) => [job.address, job]));
  const placed = manifest.resources.map((resource) => withPlace(jobs.get(resource.address) ?? resource, jobs));
  return { ...manifest, resources: placed };
}

/** Everything but the plan's own hash. */
export function assemble(input: PlanInput): PlanBody {
  return input.refreshOnly ? refreshOnly(input) : whole(input);
}

/** What every plan says of where it comes from. */
function headOf({ tool, project, manifest, state, git, inputs = {} }: PlanInput) {
  return {
    format: planFormat,
    tool,
    project,
    stack: manifest.stack,
    base: state ? { lineage: state.lineage, serial: state.serial } : { serial: 0 },
    ...(git ? { git } : {}),
    inputs,
  } as const;
}

function refreshOnly(input: PlanInput): PlanBody {
  const { manifest, recorded, observed, only, git } = input;
  const steps = refreshSteps(recorded, observed.runs).filter(({ address }) => !only || only.includes(address));
  return { ...headOf(input), manifest, steps, findings: findingsOf(steps, manifest, recorded, git) };
}

function whole(input: PlanInput): PlanBody {
  const { manifest, recorded, observed, only } = input;
  const { matched: found, records, from, conflicts } = match(manifest, recorded, observed.runs);
  const all = found.map((each) => located(each, observed.runs));
  const matched = only ? all.filter(({ job }) => only.includes(job.address)) : all;
  const artifacts = manifest.resources.filter((resource) => resource.life === 'artifact');
  const byAddress = new Map(artifacts.map((artifact) => [artifact.address, artifact]));
  const planned = jobSteps(all, from, input);
  const jobs = matched.flatMap((each) => {
    const step = planned.get(each.job.address);
    return step ? [withFiles(step, each, byAddress, input)] : [];
  });
  const wanted = new Set(all.map(({ job }) => job.address));
  const gone = only ? [] : records.filter((record) => !wanted.has(record.address));
  const needs = needed(jobs, byAddress);
  const steps: Step[] = [
    ...artifacts
      .map((artifact) => artifactStep(artifact, needs.has(artifact.address), observed))
      .filter((step) => !only || needs.has(step.address)),
    ...jobs,
    ...gone.map((record) => removedStep(record, observed)),
  ];
  const wantedManifest = withIdentities(manifest, all);
  return {
    ...headOf(input),
    manifest: wantedManifest,
    steps,
    findings: [
      ...manifest.findings,
      ...renameFindings({ matched, gone, conflicts }),
      ...findingsOf(steps, wantedManifest, records, input.git),
    ],
  };
}

/**
 * The plan's hash is over its canonical JSON without the hash itself. It is made when it is first asked for: in a stack
 * of thousands of runs it costs more than the rest of a plan, and one that is only shown needs none.
 */
export function seal(body: PlanBody): Plan {
  let hash: Sha | undefined;
  const get = () => {
    hash ??= hashOf(body);
    return hash;
  };
  return Object.defineProperty({ ...body } as Plan, 'hash', { enumerable: true, get });
}

export function makePlan(input: PlanInput): Plan {
  return seal(assemble(input));
}
