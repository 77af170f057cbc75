/** The plan of one stack: from what is wanted, recorded and seen to the steps that apply takes. Pure. */
import { hashOf, type Sha } from '../base/hash.ts';
import type { Artifact, Manifest, Resource } from '../manifest.ts';
import { decideArtifact } from './decide.ts';
import type { Drift } from './drift-kinds.ts';
import { toldOf } from './findings.ts';
import type { PlanInput } from './input.ts';
import { type Artifacts, jobSteps, removedStep, withFiles } from './job-steps.ts';
import { located, type Matched, match, type Observed } from './match.ts';
import { refreshSteps } from './refresh.ts';
import { renameFindings } from './renames.ts';
import { type ArtifactStep, type JobStep, type Plan, type PlanBody, planFormat, type Step, starting } from './step.ts';
import { withPlace } from './upstream.ts';

export type { PlanInput };

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
function headOf({ tool, project, manifest, state, git, observed: { machine }, inputs = {} }: PlanInput) {
  return {
    format: planFormat,
    tool,
    project,
    stack: manifest.stack,
    base: state ? { lineage: state.lineage, serial: state.serial } : { serial: 0 },
    ...(git ? { git } : {}),
    ...(machine === undefined ? {} : { machine }),
    inputs,
  } as const;
}

const driftIn = (drift: readonly Drift[]) => (drift.length > 0 ? { drift } : {});

function refreshOnly(input: PlanInput): PlanBody {
  const { manifest, recorded, observed, only } = input;
  const steps = refreshSteps(recorded, observed.runs).filter(({ address }) => !only || only.includes(address));
  const { drift, findings } = toldOf(steps, manifest, recorded, input);
  return { ...headOf(input), manifest, ...driftIn(drift), steps, findings };
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
  const told = toldOf(steps, wantedManifest, records, input);
  return {
    ...headOf(input),
    manifest: wantedManifest,
    ...driftIn(told.drift),
    steps,
    findings: [...manifest.findings, ...renameFindings({ matched, gone, conflicts }), ...told.findings],
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
