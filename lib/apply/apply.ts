/** Walks a plan. Emits events and returns values; it never prints and never asks. Safe to repeat after any crash. */
import type { EngineEvent } from '../base/events.ts';
import type { Sha } from '../base/hash.ts';
import { canonical } from '../base/json.ts';
import type { Move } from '../base/moves.ts';
import { tokenOf } from '../base/token.ts';
import { exit, UserError } from '../errors.ts';
import type { Artifact, Job } from '../manifest.ts';
import { checkFresh, stale } from '../plan/document.ts';
import { jobsOf, match, runsToFind } from '../plan/match.ts';
import { hasChanges, type Plan, starting, unknownRuns } from '../plan/step.ts';
import { keepFiles } from '../state/applied-files.ts';
import { renamed } from '../state/record.ts';
import type { Recovered } from '../state/recover.ts';
import type { Recorded } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { dueTasks } from './due.ts';
import { checkStillHolds } from './holds.ts';
import { findRuns, load } from './load.ts';
import { type Artifacts, artifactsFor, artifactsOf } from './needs.ts';
import { type ApplyResult, codeOf, type StepResult } from './result.ts';
import { type Desk, Session, stateFolder } from './session.ts';
import { walk } from './walk.ts';
import { Work } from './work.ts';

export interface ApplyInput {
  readonly plan: Plan;
  readonly target: Target;
  readonly desk: Desk;
  readonly emit: (event: EngineEvent) => void;
  /** The first Ctrl-C: start nothing new, end or abandon what is under way. */
  readonly signal: AbortSignal;
  /** What a saved plan rests on, as it is now, by the names in `plan.inputs`. */
  readonly inputs?: Readonly<Record<string, Sha>>;
  readonly parallelism?: number;
  readonly graceSeconds?: number;
}

/** A plan may be shown with errors in it; it is not carried out. */
function refuse(plan: Plan): void {
  const errors = plan.findings.filter((finding) => finding.severity === 'error');
  if (errors.length > 0) throw new UserError(errors, exit.error);
}

/** Tokens are derived from the workspace's path: another one would not find the runs of this plan. */
async function checkWorkspace(plan: Plan, target: Target): Promise<string> {
  const [root, machine] = await Promise.all([target.root(), target.machine()]);
  if (plan.machine !== undefined && plan.machine !== machine)
    throw new UserError(stale(`The plan was made for host ${plan.machine}; this is ${machine}.`), exit.stale);
  const jobs = new Map(jobsOf(plan.manifest).map((job) => [job.address, job]));
  for (const step of plan.steps) {
    const job = jobs.get(step.address);
    if (!job || step.life !== 'job' || step.token === undefined || step.attempt === undefined) continue;
    if (tokenOf(root, plan.stack, job, step.attempt) !== step.token)
      throw new UserError(stale(`The plan was made for another workspace than ${root}.`), exit.stale);
  }
  return root;
}

/** Before anything starts: what stops any run here, and secrets of these that are not there. */
async function preflight(target: Target, jobs: readonly Job[]): Promise<void> {
  const found = [...(await target.probe()), ...(await target.secrets(jobs))];
  const errors = found.filter((finding) => finding.severity === 'error');
  if (errors.length > 0) throw new UserError(errors, exit.error);
}

/** Runs that nothing is done about, since the target did not tell of them. */
function untold(plan: Plan, recovered: Recovered, records: readonly Recorded[] = recovered.recorded): StepResult[] {
  const message = 'the target did not say whether it runs';
  const planned = unknownRuns(plan).map(({ address }) => address);
  const known = new Set(records.flatMap((record) => record.attempts.map((attempt) => attempt.token)));
  const crashed = recovered.unknown.filter((start) => !known.has(start.token)).map(({ address }) => address);
  return [...new Set([...planned, ...crashed])].map((address) => ({
    address,
    verb: 'none',
    outcome: 'unknown',
    message,
  }));
}

function renamesIn({ steps }: Plan): readonly Move[] {
  return steps.flatMap((step) =>
    step.life === 'job' && step.from !== undefined ? [{ from: step.from, to: step.address }] : [],
  );
}

/** Bundles of the runs that this plan records anew. */
function bundlesOf({ steps, manifest }: Plan, artifacts: Artifacts): Artifact[] {
  const changed = new Set(
    steps.flatMap(({ life, verb, address }) =>
      life === 'job' && verb !== 'none' && verb !== 'refresh' ? [address] : [],
    ),
  );
  const needs = jobsOf(manifest).filter(({ address }) => changed.has(address));
  return needs.flatMap((job) => artifactsFor(job, artifacts)).filter(({ make }) => make === 'bundle');
}

async function carryOut(input: ApplyInput, session: Session): Promise<StepResult[]> {
  const { plan, target, signal } = input;
  checkFresh(plan, session.state, input.inputs);
  const root = await checkWorkspace(plan, target);
  const moves = renamesIn(plan);
  session.update((records) => renamed(records, moves));
  const runs = await findRuns(target, runsToFind(match(plan.manifest, session.records)));
  const artifacts = artifactsOf(plan.manifest);
  const working = { ...input, session, root, runs, artifacts };
  const work = new Work(working);
  const tasks = await dueTasks(working);
  checkStillHolds(working, tasks);
  session.note({ kind: 'apply-begin', plan: plan.hash, serial: session.state?.serial ?? 0, what: 'apply' });
  // On the disk before anything else: what the journal tells of later is under the new addresses.
  if (moves.length > 0) await session.save();
  keepFiles(session.folder, bundlesOf(plan, artifacts), plan.manifest.files);
  const starts = tasks.flatMap((task) => (task.life === 'job' && starting.includes(task.step.verb) ? [task.job] : []));
  if (starts.length > 0 || tasks.some((task) => task.life === 'artifact')) await preflight(target, starts);
  const outcomes = await walk(tasks, {
    act: (task) => work.act(task),
    skip: (task, because) => work.skip(task, because),
    signal,
    parallelism: input.parallelism ?? 4,
    graceSeconds: input.graceSeconds ?? 5,
  });
  await session.save();
  session.pruneFiles();
  const steps = tasks.map((task) => work.resultOf(task, outcomes.get(task.address) ?? 'skipped'));
  const told = new Set(steps.map((step) => step.address));
  const all = [
    ...steps,
    ...untold(plan, session.loaded.recovered, session.records).filter((step) => !told.has(step.address)),
  ];
  session.note({ kind: 'apply-end', plan: plan.hash, outcome: String(codeOf(all, signal.aborted)) });
  return all;
}

/** Nothing planned, and a crash left nothing that is not in the state: then no lock is taken and no byte written. */
async function idle({ plan, desk, target, inputs }: ApplyInput): Promise<ApplyResult | undefined> {
  if (hasChanges(plan)) return undefined;
  const { state, recovered } = await load(stateFolder(desk.states, plan.stack), target);
  checkFresh(plan, state, inputs);
  if (canonical(state?.recorded ?? []) !== canonical(recovered.recorded)) return undefined;
  const steps = untold(plan, recovered);
  return { exit: codeOf(steps, false), steps, state, interrupted: false };
}

function interruption(): ApplyResult {
  return { exit: exit.interrupted, steps: [], state: undefined, interrupted: true };
}

/**
 * Exit codes in the result: 0, 1 a step failed, 6 the target did not tell, 130 interrupted. Throws `UserError` where
 * nothing was done: 1 the plan or the target forbids it, 4 the lock is held, 5 the plan is stale.
 */
export async function apply(input: ApplyInput): Promise<ApplyResult> {
  const { plan, target, desk, signal } = input;
  refuse(plan);
  const nothing = await idle(input);
  if (nothing) return nothing;
  let session: Session;
  try {
    session = await Session.open(desk, target, { stack: plan.stack, what: 'apply', plan: plan.hash, signal });
  } catch (caught) {
    if (signal.aborted && !(caught instanceof UserError)) return interruption();
    throw caught;
  }
  try {
    const steps = await carryOut(input, session);
    return { exit: codeOf(steps, signal.aborted), steps, state: session.state, interrupted: signal.aborted };
  } finally {
    session.close();
  }
}

export type { ApplyResult, StepResult };
