/** What is done for each step of a plan. */
import { UserError } from '../errors.ts';
import { runKey, seenOf } from '../plan/match.ts';
import { refreshed } from '../plan/refresh.ts';
import type { Provenance } from '../state/attempt.ts';
import { applied, attemptOf, forgotten, recordAt, runsOf, withAttempt, withFound } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import { awaitResult } from './await-result.ts';
import { isDue, lookUpOf, tokenFor, type WorkInput } from './due.ts';
import { acceptOf, stopToMove } from './move.ts';
import { artifactsFor, restsOn } from './needs.ts';
import type { StepResult } from './result.ts';
import { messageOf, startOnce } from './start.ts';
import { stopRun } from './stop.ts';
import { type ArtifactTask, type JobTask, nameOf, type ResultTask, type Task, titleOf } from './tasks.ts';
import type { Outcome } from './walk.ts';

type Told = Pick<StepResult, 'message' | 'findings' | 'attempt' | 'handle'>;
type Change = (records: readonly Recorded[]) => readonly Recorded[];

export class Work {
  readonly #input: WorkInput;
  readonly #told = new Map<string, Told>();
  readonly #provenance: Provenance;

  constructor(input: WorkInput) {
    this.#input = input;
    const { git, hash } = input.plan;
    this.#provenance = { plan: hash, ...(git ? { git } : {}) };
  }

  #begin(task: Task): void {
    const { address, verb } = task;
    const title = titleOf(task);
    this.#input.emit({
      kind: 'plan-step-begin',
      time: this.#input.desk.now(),
      address,
      verb,
      title,
    });
  }

  #end(task: Task, outcome: 'done' | 'failed' | 'skipped', message: string | undefined): void {
    const { address, verb } = task;
    const time = this.#input.desk.now();
    this.#input.emit({
      kind: 'plan-step-end',
      time,
      address,
      verb,
      outcome,
      ...(message === undefined ? {} : { message }),
    });
  }

  async act(task: Task): Promise<Outcome> {
    this.#begin(task);
    const outcome = await this.#do(task);
    const left = task.life === 'result' && outcome === 'interrupted' ? 'skipped' : 'failed';
    this.#end(task, outcome === 'done' ? 'done' : left, this.#told.get(task.address)?.message);
    return outcome;
  }

  #do(task: Task): Promise<Outcome> {
    if (task.life === 'artifact') return this.#build(task);
    return task.life === 'result' ? this.#await(task) : this.#job(task);
  }

  async #await(task: ResultTask): Promise<Outcome> {
    const { target, session, signal, emit, desk } = this.#input;
    const { address, job } = task;
    // For hours, maybe: whoever looks meanwhile finds what was started.
    await session.save();
    const tell = (line: string) => emit({ kind: 'plan-step-progress', time: desk.now(), address, line });
    const awaited = await awaitResult(target, job, { signal, tell });
    if ('found' in awaited) {
      const { found } = awaited;
      session.update((records) =>
        recordAt(records, job.address) ? withFound(records, job, found, this.#provenance) : records,
      );
    }
    if (awaited.outcome === 'unknown') return this.#unknown(task);
    if (!('found' in awaited))
      this.#told.set(address, {
        message: `${job.address} goes on; apply again, and what waits for it starts when it is done`,
      });
    else if (awaited.message !== undefined) this.#told.set(address, { message: awaited.message });
    return awaited.outcome;
  }

  skip(task: Task, because: string | undefined): void {
    const message = because === undefined ? 'interrupted before it began' : `${nameOf(because)} did not succeed`;
    this.#told.set(task.address, { message });
    this.#end(task, 'skipped', message);
  }

  resultOf(task: Task, outcome: Outcome): StepResult {
    return { address: task.address, verb: task.verb, outcome, ...this.#told.get(task.address) };
  }

  #failed(task: Task, error: unknown): Outcome {
    const findings = error instanceof UserError ? { findings: error.findings } : {};
    this.#told.set(task.address, { message: messageOf(error), ...findings });
    return this.#input.signal.aborted ? 'interrupted' : 'failed';
  }

  #unknown(task: Task): Outcome {
    this.#told.set(task.address, { message: 'the target did not say whether it runs: nothing was started' });
    return 'unknown';
  }

  async #build(task: ArtifactTask): Promise<Outcome> {
    const { session, target, emit, signal } = this.#input;
    const { address, key } = task.artifact;
    const begin = session.begin({ kind: 'begin', effect: 'build', address, key });
    let failure: { readonly error: unknown } | undefined;
    try {
      await target.build(task.artifact, (event) => event.kind === 'plan-step-progress' && emit(event), signal);
    } catch (error) {
      failure = { error };
    }
    session.end(begin, failure ? { outcome: 'failed', message: messageOf(failure.error) } : { outcome: 'done' });
    return failure ? this.#failed(task, failure.error) : 'done';
  }

  async #job(task: JobTask): Promise<Outcome> {
    if (task.verb === 'refresh') return this.#refresh(task);
    // The records were renamed before the first step.
    if (task.verb === 'rename') return 'done';
    if (task.verb === 'update') return this.#update(task);
    if (lookUpOf(this.#input, task.job) === 'unknown') return this.#unknown(task);
    if (task.verb === 'adopt') return this.#adopt(task);
    if (task.verb === 'stop' || task.verb === 'forget') return this.#remove(task);
    if (task.verb === 'move' && isDue(this.#input, task)) return this.#move(task);
    return isDue(this.#input, task) ? this.#start(task) : this.#adopt(task);
  }

  #record(change: Change): Outcome {
    this.#input.session.update(change);
    return 'done';
  }

  /** Before a run is superseded, what is known of its attempts is taken down: it is not looked up for ever. */
  #applied(records: readonly Recorded[], { job }: JobTask): readonly Recorded[] {
    const { plan, artifacts } = this.#input;
    const old = recordAt(records, job.address)?.resource;
    const found = old && old.identity !== job.identity ? lookUpOf(this.#input, old) : 'unknown';
    const refreshed = old && found !== 'unknown' ? withFound(records, old, found, this.#provenance) : records;
    return applied(refreshed, { job, artifacts: restsOn(artifactsFor(job, artifacts)), plan: plan.hash });
  }

  #refresh({ address }: JobTask): Outcome {
    const { runs, plan } = this.#input;
    return this.#record((records) =>
      records.map((record) => (record.address === address ? refreshed(record, runs, plan.hash) : record)),
    );
  }

  #update(task: JobTask): Outcome {
    const found = lookUpOf(this.#input, task.job);
    return this.#record((records) => {
      const known = this.#applied(records, task);
      return found === 'unknown' ? known : withFound(known, task.job, found, this.#provenance);
    });
  }

  #adopt(task: JobTask): Outcome {
    const found = lookUpOf(this.#input, task.job);
    if (found === 'unknown') return this.#unknown(task);
    const newest = found.at(-1);
    if (newest) this.#told.set(task.address, { attempt: newest.n, handle: newest.handle });
    return this.#record((records) => withFound(this.#applied(records, task), task.job, found, this.#provenance));
  }

  async #start(task: JobTask): Promise<Outcome> {
    const { session, target, artifacts } = this.#input;
    const { job, step } = task;
    const n = step.attempt ?? 1;
    const token = tokenFor(this.#input, task);
    const provenance = this.#provenance;
    const accept = acceptOf(step);
    const start = { job, artifacts: artifactsFor(job, artifacts), n, token, how: { provenance, accept } };
    const started = await startOnce(session, target, start);
    if (started.outcome === 'unknown') return this.#unknown(task);
    if (started.outcome === 'failed') return this.#failed(task, started.error);
    const { handle, found } = started;
    session.update((records) => {
      const known = withFound(this.#applied(records, task), job, found, provenance);
      return started.outcome === 'adopted'
        ? known
        : withAttempt(known, job, { ...attemptOf(job, n, token, provenance), handle });
    });
    await session.saveStart();
    this.#told.set(task.address, { attempt: n, handle });
    return 'done';
  }

  async #move(task: JobTask): Promise<Outcome> {
    const stopped = await stopToMove(this.#input, this.#provenance, task, tokenFor(this.#input, task));
    if (stopped.outcome === 'unknown') return this.#unknown(task);
    if (stopped.outcome === 'failed') return this.#failed(task, stopped.error);
    if (stopped.outcome === 'stopped') return this.#start(task);
    this.#told.set(task.address, { message: 'it was done before it could move' });
    return this.#record((records) => this.#applied(records, task));
  }

  /** Stops what lives of a removed construct, where the plan said so, and forgets it. */
  async #remove(task: JobTask): Promise<Outcome> {
    const record = recordAt(this.#input.session.records, task.address);
    for (const { resource } of record ? runsOf(record) : []) {
      const found = this.#input.runs.get(runKey(resource)) ?? [];
      if (found === 'unknown') return this.#unknown(task);
      const seen = seenOf(found);
      if (seen !== 'running' && seen !== 'queued') continue;
      if (task.verb === 'forget') return this.#failed(task, new Error('it runs by now; plan again'));
      const failure = await stopRun(this.#input, resource, found, true);
      if (failure) return this.#failed(task, failure.error);
    }
    return this.#record((records) => forgotten(records, task.address));
  }
}
