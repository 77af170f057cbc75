/** What is known of the rows of runs: judged and counted once for each dataset and each way of learning from it. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isSame, type JsonObject } from '../base/json.ts';
import type { Found } from '../data/evidence/evidence.ts';
import type { DataEvidence, TokensUnknown } from '../data/evidence/facts.ts';
import { dataFindings, once } from '../data/evidence/findings.ts';
import {
  type EvidenceRequest,
  type Parts,
  partsOf,
  requestOf,
  templateFile,
  transformersIn,
} from '../data/evidence/request.ts';
import type { Finding, Where } from '../finding.ts';
import type { Job, Manifest } from '../manifest.ts';
import { type RunEvidence, withEvidence } from '../plan/evidence.ts';
import { jobsOf } from '../plan/match.ts';
import { type JobStep, type PlanBody, type Step, starting } from '../plan/step.ts';
import { filesOf } from '../state/applied-files.ts';
import type { Recorded } from '../state/state.ts';
import { sourceFiles } from '../targets/sources.ts';
import type { Target } from '../targets/target.ts';
import type { Context } from './context.ts';
import { EvidenceDesk } from './evidence-desk.ts';
import { stateFolder } from './recorded.ts';

type Place = (hash: string, name: string) => string | undefined;

function workspaceOf({ target }: Manifest, project: string): string | undefined {
  return target?.kind === 'local' ? resolve(project, target.workspace) : undefined;
}

/** The dataset, as the program has it; where that is not known, the run. */
function whereOf(job: Job, { resources }: Manifest): Where {
  const data = resources.find(
    (one) => one.life === 'artifact' && one.make === 'data' && job.needs.includes(one.address),
  );
  return (data ?? job).where;
}

interface OfRun extends Found {
  readonly address: string;
  readonly request: EvidenceRequest | TokensUnknown;
  readonly told: readonly Finding[];
}

const unread = (tokens: TokensUnknown): Found => ({ evidence: { tokens }, findings: [] });

/** By runs of a stack. */
async function ofRuns(manifest: Manifest, jobs: readonly Job[], desk: EvidenceDesk, project: string): Promise<OfRun[]> {
  const workspace = workspaceOf(manifest, project);
  const here = { project, ...(workspace === undefined ? {} : { workspace }) };
  const all = jobs.map(async (job): Promise<OfRun> => {
    const request = requestOf(job, partsOf(job, manifest), here);
    const found = 'unknown' in request ? unread(request) : await desk.of(request, workspace);
    const told = dataFindings(found.evidence.tokens, found.findings, whereOf(job, manifest));
    return { address: job.address, request, ...found, told };
  });
  return Promise.all(all);
}

/** Of all runs of stacks, for whoever only wants to know what is wrong. */
export async function rowFindings(manifests: readonly Manifest[], context: Context): Promise<Finding[]> {
  const desk = new EvidenceDesk(context);
  const all = manifests.map((manifest) => ofRuns(manifest, jobsOf(manifest), desk, context.project));
  return once((await Promise.all(all)).flat().flatMap(({ told }) => told));
}

export interface Knowing {
  readonly recorded: readonly Recorded[];
  /** Absent where it is not asked. */
  readonly target: Target | undefined;
  readonly desk: EvidenceDesk;
  readonly project: string;
}

/** The files as they were applied; undefined where one of them is not there whole. */
async function appliedPaths(data: JsonObject, place: Place): Promise<string[] | undefined> {
  const paths: string[] = [];
  for (const { sha256, name, bytes } of sourceFiles(data)) {
    const path = place(sha256, name);
    if (path === undefined || (await stat(path).catch(() => undefined))?.size !== bytes) return undefined;
    paths.push(path);
  }
  return paths;
}

const isStarted = (step: Step): step is JobStep => step.life === 'job' && starting.includes(step.verb);

/** Of the run as it was applied; undefined where that cannot be known here. */
async function beforeOf(
  { before, address, from }: JobStep,
  manifest: Manifest,
  after: OfRun,
  { recorded, target, desk, project }: Knowing,
): Promise<DataEvidence | undefined> {
  const record = recorded.find((one) => one.address === (from ?? address));
  if (!before || !record) return undefined;
  const made = (make: string) => Object.values(record.artifacts).find((one) => one.make === make)?.key;
  const bundle = made('bundle');
  const files = bundle === undefined ? undefined : filesOf(stateFolder(project, manifest.stack), bundle);
  const parts: Parts = {
    weights: made('weights'),
    transformers: transformersIn(files?.['requirements.txt'] ?? ''),
    template: files?.[templateFile],
  };
  const workspace = workspaceOf(manifest, project);
  const request = requestOf(before, parts, { project, ...(workspace === undefined ? {} : { workspace }) });
  if (isSame(request, after.request)) return after.evidence;
  if ('unknown' in request) return undefined;
  const paths = await appliedPaths(request.data, (hash, name) => target?.source(hash, name));
  return paths && (await desk.of(request, workspace, paths)).evidence;
}

/** The plan with what is known of the rows of the runs that it starts. */
export async function withRows(plan: PlanBody, knowing: Knowing): Promise<PlanBody> {
  const { manifest, steps } = plan;
  const started = new Map(steps.flatMap((step) => (isStarted(step) ? [[step.address, step]] : [])));
  const jobs = jobsOf(manifest).filter(({ address }) => started.has(address));
  const found = await ofRuns(manifest, jobs, knowing.desk, knowing.project);
  if (found.length === 0) return plan;
  const runs = found.map(async (own): Promise<[string, RunEvidence]> => {
    const before = await beforeOf(started.get(own.address) as JobStep, manifest, own, knowing);
    return [own.address, { after: own.evidence, ...(before ? { before } : {}) }];
  });
  const told = once(found.flatMap((own) => own.told));
  return withEvidence(plan, new Map(await Promise.all(runs)), told);
}
