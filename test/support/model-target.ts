/** A target in memory: what is there, what was started, and faults that a real one can only have by chance. */
import type { EngineEvent, TrainerEvent } from '../../lib/base/events.ts';
import { tokenOf } from '../../lib/base/token.ts';
import type { Finding } from '../../lib/finding.ts';
import type { Artifact, Job } from '../../lib/manifest.ts';
import { runKey } from '../../lib/plan/match.ts';
import type { Found, Presence } from '../../lib/state/attempt.ts';
import type { Discarded, Discarding, Inventory, Stored } from '../../lib/targets/stored.ts';
import type { How, RunPaths, Target } from '../../lib/targets/target.ts';

export class ModelTarget implements Target {
  readonly stack: string;
  readonly rootPath = '/model';
  machineName = 'here';
  readonly built = new Map<string, string>();
  readonly edited = new Set<string>();
  readonly runs = new Map<string, Found[]>();
  /** The token of each training that ever began: outside of the tool's reach. */
  readonly ledger: string[] = [];
  /** How far each of them may load a checkpoint. */
  readonly accepted: string[] = [];
  readonly builds: string[] = [];
  readonly removed: string[] = [];
  /** What lies in the workspace, for gc. */
  inventoried: Inventory = { stored: [], using: [] };
  readonly events = new Map<string, TrainerEvent[]>();
  /** Attempts that were started by hand in folders outside of the workspace. */
  readonly elsewhere = new Map<string, Found[]>();
  readonly findings: Finding[] = [];
  /** The look-up fails. */
  blind = false;
  /** The training begins, and the answer is lost. */
  losesAnswers = false;
  /** Starts fail before anything begins. */
  refusesStarts = false;
  readonly failingBuilds = new Set<string>();
  /** Called at the begin of each call: where a test ends the process, or lets time pass. */
  onCall: (what: string) => void | Promise<void> = () => undefined;

  constructor(stack = 'example') {
    this.stack = stack;
  }

  async root(): Promise<string> {
    return this.rootPath;
  }

  async machine(): Promise<string> {
    return this.machineName;
  }

  source(): undefined {
    return undefined;
  }

  async secrets(): Promise<readonly Finding[]> {
    return [];
  }

  async probe(): Promise<readonly Finding[]> {
    return this.findings;
  }

  #presence(artifact: Artifact): Presence {
    if (this.blind) return 'unknown';
    if (this.built.get(artifact.address) !== artifact.key) return 'absent';
    return this.edited.has(artifact.address) ? 'altered' : 'whole';
  }

  async has(artifacts: readonly Artifact[]): Promise<ReadonlyMap<string, Presence>> {
    return new Map(artifacts.map((artifact) => [artifact.address, this.#presence(artifact)]));
  }

  async build(artifact: Artifact, emit: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    await this.onCall(`build ${artifact.address}`);
    signal.throwIfAborted();
    emit({ kind: 'plan-step-progress', time: 0, address: artifact.address, line: 'building' });
    if (this.failingBuilds.has(artifact.address)) throw new Error(`no ${artifact.make} today`);
    this.builds.push(artifact.address);
    this.built.set(artifact.address, artifact.key);
    this.edited.delete(artifact.address);
  }

  async find(jobs: readonly Job[]): Promise<ReadonlyMap<string, readonly Found[] | 'unknown'>> {
    if (new Set(jobs.map((job) => job.address)).size !== jobs.length) throw new Error('an address is named twice');
    return new Map(jobs.map((job) => [job.address, this.blind ? 'unknown' : (this.runs.get(runKey(job)) ?? [])]));
  }

  async start(job: Job, artifacts: readonly Artifact[], n: number, how: How): Promise<string> {
    await this.onCall(`start ${job.address}`);
    const missing = artifacts.find((artifact) => this.#presence(artifact) === 'absent');
    if (missing) throw new Error(`${missing.address} is missing`);
    if (this.refusesStarts) throw new Error('no room');
    const token = tokenOf(this.rootPath, this.stack, job, n);
    this.ledger.push(token);
    this.accepted.push(how.accept);
    const handle = `${job.address}/${n}`;
    const found = { n, token, handle, state: 'running', checkpoint: 0, step: 0 } as const;
    this.runs.set(runKey(job), [...(this.runs.get(runKey(job)) ?? []), found]);
    if (this.losesAnswers) throw new Error('the answer was lost');
    return handle;
  }

  /** Ends, or changes, the newest attempt of a run. */
  change(job: Job, changes: Partial<Found>): void {
    const attempts = this.runs.get(runKey(job)) ?? [];
    const last = attempts.at(-1);
    if (last) this.runs.set(runKey(job), [...attempts.slice(0, -1), { ...last, ...changes }]);
  }

  async stop(job: Job, n: number, save: boolean): Promise<void> {
    await this.onCall(`stop ${job.address}`);
    const attempts = this.runs.get(runKey(job)) ?? [];
    const end = { state: 'ended', cause: 'cancelled', ...(save ? { checkpoint: 7 } : {}) } as const;
    this.runs.set(
      runKey(job),
      attempts.map((each) => (each.n === n ? { ...each, ...end } : each)),
    );
  }

  async *follow(job: Job, n: number): AsyncGenerator<TrainerEvent> {
    await this.onCall(`follow ${job.address}`);
    yield* this.events.get(`${runKey(job)} ${n}`) ?? [];
  }

  async glance(job: Job, n: number): Promise<readonly TrainerEvent[]> {
    return this.events.get(`${runKey(job)} ${n}`) ?? [];
  }

  async strange(_: Job, folder: string): Promise<readonly Finding[]> {
    if (this.elsewhere.has(folder)) return [];
    const [message, fix] = [`${folder} holds no attempt of a run.`, 'Name another one.'];
    return [{ id: 'adopt/nothing', severity: 'error', where: {}, message, fix }];
  }

  async takeOver(job: Job, folder: string): Promise<void> {
    await this.onCall(`take over ${job.address}`);
    this.runs.set(runKey(job), this.elsewhere.get(folder) ?? []);
  }

  async paths(job: Job): Promise<RunPaths> {
    const run = `${this.rootPath}/runs/${job.folder}`;
    return { run, result: `${run}/output/result`, checkpoints: [] };
  }

  async remove(job: Job, results: boolean): Promise<void> {
    await this.onCall(`remove ${job.address}`);
    this.removed.push(`${runKey(job)}${results ? ' with results' : ''}`);
    this.runs.delete(runKey(job));
  }

  async inventory(): Promise<Inventory> {
    await this.onCall('inventory');
    return this.inventoried;
  }

  async discard(things: readonly Stored[], { step, untouchedSince }: Discarding): Promise<Discarded[]> {
    const discarded: Discarded[] = [];
    for (const { path, maker } of things) {
      await this.onCall(`discard ${path}`);
      step();
      const there = this.inventoried.stored.find((each) => each.path === path);
      const busy = there === undefined || (maker !== 'gone' && there.touched > untouchedSince);
      discarded.push({ path, outcome: busy ? 'busy' : 'removed' });
      const stored = this.inventoried.stored.filter((each) => busy || each.path !== path);
      this.inventoried = { ...this.inventoried, stored };
    }
    return discarded;
  }
}
