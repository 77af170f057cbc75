/** Changes to what is recorded, each a pure function from one value to the next. */
import { type Cause, causes } from '../base/events.ts';
import type { Sha } from '../base/hash.ts';
import { canonical, isObject } from '../base/json.ts';
import type { Move } from '../base/moves.ts';
import { birthplace } from '../base/token.ts';
import { type Job, withoutPositions } from '../manifest.ts';
import type { Attempt, Found, Provenance, Written } from './attempt.ts';
import type { Recorded, RestsOn, Run } from './state.ts';

type Records = readonly Recorded[];

/** A job as it is recorded and compared: without the position in the user's program, and without what is only the plan's. */
export function plainJob({ ignoreChanges: _, ignored: __, ...job }: Job): Job {
  return { ...job, where: withoutPositions(job.where) };
}

export function recordAt(records: Records, address: string): Recorded | undefined {
  return records.find((record) => record.address === address);
}

/** The ZeRO stage that a job's checkpoints are sharded by; undefined without DeepSpeed. */
export function zeroStageOf(job: Job): number | undefined {
  const zero = job.settings.zero;
  return isObject(zero) && typeof zero.stage === 'number' ? zero.stage : undefined;
}

/** Whether a run may be neither removed nor superseded. */
export function isProtected({ settings }: Pick<Job, 'settings'>): boolean {
  return settings.protect === true;
}

/** DeepSpeed's names of what it keeps in host memory. */
function offloadOf(job: Job): readonly string[] {
  const zero = job.settings.zero;
  const offload = isObject(zero) && isObject(zero.offload) ? zero.offload : {};
  return [...(offload.optimizer ? ['optimizer'] : []), ...(offload.parameters ? ['param'] : [])];
}

export function attemptOf(job: Job, n: number, token: Sha, provenance: Provenance): Attempt {
  const zeroStage = zeroStageOf(job);
  const { layout, derived } = job;
  const offload = offloadOf(job);
  return {
    n,
    token,
    layout,
    ...(zeroStage === undefined ? {} : { zeroStage }),
    microBatch: derived.microBatch,
    ...(offload.length > 0 ? { offload } : {}),
    provenance,
  };
}

/** The layout that an attempt's checkpoints name. */
export function writtenIn({ layout, zeroStage, microBatch, offload }: Omit<Attempt, 'n' | 'token' | 'provenance'>) {
  return {
    world_size: layout.nodes * layout.processesPerHost,
    ...(microBatch === undefined ? {} : { micro_batch: microBatch, offload: offload ?? [] }),
    zero_stage: zeroStage ?? null,
    device: layout.device,
  } satisfies Partial<Written>;
}

/** The layout that checkpoints of a job would name. */
export function writtenBy(job: Job): Written {
  const zeroStage = zeroStageOf(job);
  const shape = { layout: job.layout, ...(zeroStage === undefined ? {} : { zeroStage }) };
  return { ...writtenIn(shape), micro_batch: job.derived.microBatch, offload: offloadOf(job) };
}

function replaceAt(records: Records, next: Recorded): Records {
  const at = records.findIndex((record) => record.address === next.address);
  if (at >= 0) return records.with(at, next);
  // By address, so that the order in which runs started does not show.
  const after = records.findIndex((record) => record.address > next.address);
  return records.toSpliced(after < 0 ? records.length : after, 0, next);
}

/** The run of a job's identity at its address, current or from before, and the others there. */
function split(records: Records, job: Job): { own: Run | undefined; others: readonly Run[] } {
  const record = recordAt(records, job.address);
  if (!record) return { own: undefined, others: [] };
  const { address: _, superseded = [], ...current } = record;
  const runs: Run[] = [current, ...superseded];
  const isOwn = (run: Run) => run.resource.identity === job.identity;
  return { own: runs.find(isOwn), others: runs.filter((run) => !isOwn(run)) };
}

export interface Applied {
  readonly job: Job;
  readonly artifacts: RestsOn;
  readonly plan: Sha;
}

function compose(records: Records, address: string, run: Run, others: readonly Run[]): Records {
  return replaceAt(records, { address, ...run, ...(others.length > 0 ? { superseded: others } : {}) });
}

/** Makes the job's run the one that stands at its address; a run of another identity is kept beside it. */
export function applied(records: Records, { job, artifacts, plan }: Applied): Records {
  const { own, others } = split(records, job);
  const run = { resource: plainJob(job), attempts: own?.attempts ?? [], artifacts, appliedBy: plan };
  const same = own && canonical({ ...own, appliedBy: plan }) === canonical(run);
  return compose(records, job.address, same ? own : run, others);
}

function mergeOne(attempts: readonly Attempt[], next: Attempt): readonly Attempt[] {
  const before = attempts.find((each) => each.n === next.n);
  const others = attempts.filter((each) => each.n !== next.n);
  // What is known stays known: a later look may know less, as of an end, or be of a job in another layout.
  return [...others, before ? { ...before, ...defined(next) } : next].sort((a, b) => a.n - b.n);
}

function defined(attempt: Attempt): Partial<Attempt> {
  const { handle, end, revisions } = attempt;
  return {
    ...(handle === undefined ? {} : { handle }),
    ...(end === undefined ? {} : { end }),
    ...(revisions === undefined ? {} : { revisions }),
  };
}

/** Adds an attempt to the job's run, or what is newly known of it. The run must be recorded. */
export function withAttempt(records: Records, job: Pick<Job, 'address' | 'identity'>, attempt: Attempt): Records {
  return overRun(records, job, (run) => ({ ...run, attempts: mergeOne(run.attempts, attempt) }));
}

function overRun(records: Records, job: Pick<Job, 'address' | 'identity'>, change: (run: Run) => Run): Records {
  const record = recordAt(records, job.address);
  if (!record) return records;
  const { address, superseded, ...current } = record;
  const one = (run: Run) => (run.resource.identity === job.identity ? change(run) : run);
  return replaceAt(records, { address, ...one(current), ...(superseded ? { superseded: superseded.map(one) } : {}) });
}

function endOf(found: Found): Cause | undefined {
  if (found.state !== 'ended') return undefined;
  return causes.find((cause) => cause === found.cause) ?? 'unknown';
}

/** Takes over what the target knows of a run: attempts that the supervisor started, and ends. */
export function withFound(records: Records, job: Job, found: readonly Found[], provenance: Provenance): Records {
  return found.reduce((sofar, each) => {
    const end = endOf(each);
    const revisions = each.revisions ? { revisions: each.revisions } : {};
    const attempt = { ...attemptOf(job, each.n, each.token, provenance), handle: each.handle, ...revisions };
    return withAttempt(sofar, job, end === undefined ? attempt : { ...attempt, end });
  }, records);
}

export function withEnd(records: Records, job: Pick<Job, 'address' | 'identity'>, n: number, end: Cause): Records {
  return overRun(records, job, (run) => ({
    ...run,
    attempts: run.attempts.map((each) => (each.n === n ? { ...each, end } : each)),
  }));
}

/** A job under another address, with the folder and the tokens that it has. */
export function jobAt(job: Job, address: string): Job {
  const { born: _, ...rest } = job;
  const born = birthplace(job);
  return { ...rest, address, ...(born === address ? {} : { born }) };
}

function recordUnder(record: Recorded, address: string): Recorded {
  const one = <R extends Run>(run: R): R => ({ ...run, resource: jobAt(run.resource, address) });
  const { superseded } = record;
  return { ...one(record), address, ...(superseded ? { superseded: superseded.map(one) } : {}) };
}

/** Puts records under other addresses, their runs with them. Nothing where none is, or where one stands at the new one. */
export function renamed(records: Records, moves: readonly Move[]): Records {
  const taken = new Set(records.map(({ address }) => address));
  const possible = moves.filter(({ from, to }) => taken.has(from) && !taken.has(to));
  if (possible.length === 0) return records;
  const names = new Map(possible.map(({ from, to }) => [from, to]));
  const all = records.map((record) => recordUnder(record, names.get(record.address) ?? record.address));
  return all.sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** Notes that a run is being moved, before it is stopped: a crash in between must not leave it stopped for good. */
export function withMove(records: Records, job: Pick<Job, 'address' | 'identity'>, to: Sha): Records {
  return overRun(records, job, (run) => ({ ...run, moving: to }));
}

/** A person stopped it: it is not to go on by itself. */
export function withoutMove(records: Records, job: Pick<Job, 'address' | 'identity'>): Records {
  return overRun(records, job, ({ moving: _, ...run }) => run);
}

export function forgotten(records: Records, address: string): Records {
  return records.filter((record) => record.address !== address);
}

/** All runs that a record knows, the current one first. */
export function runsOf(record: Recorded): readonly Run[] {
  const { address: _, superseded = [], ...current } = record;
  return [current, ...superseded];
}
