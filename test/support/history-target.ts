/** The model target with what a real one does about a second start, and with what happens to it by other hands. */
import { tokenOf } from '../../lib/base/token.ts';
import type { Artifact, Job } from '../../lib/manifest.ts';
import { runKey } from '../../lib/plan/match.ts';
import type { Found } from '../../lib/state/attempt.ts';
import type { How } from '../../lib/targets/target.ts';
import { ModelTarget } from './model-target.ts';

export const isLive = ({ state }: Found): boolean => state === 'running' || state === 'queued';

interface Begun {
  readonly job: Job;
  readonly key: string;
  readonly attempts: readonly Found[];
}

export class HistoryTarget extends ModelTarget {
  /** What no target may ever see. */
  readonly violations: string[] = [];
  /** Runs whose look-up fails, while others are seen. */
  readonly blindTo = new Set<string>();
  readonly #jobs = new Map<string, Job>();
  /** What look-ups tell where they lag behind, or find nothing. */
  #told: ReadonlyMap<string, readonly Found[]> | undefined;

  /** Look-ups tell what is there now, from now on; or that nothing is. */
  lag(empty: boolean): void {
    this.#told = new Map(empty ? [] : this.runs);
  }

  catchUp(): void {
    this.#told = undefined;
  }

  get lags(): boolean {
    return this.#told !== undefined;
  }

  begun(): Begun[] {
    return [...this.runs].flatMap(([key, attempts]) => {
      const job = this.#jobs.get(key);
      return job ? [{ job, key, attempts }] : [];
    });
  }

  live(): Begun[] {
    return this.begun().filter(({ attempts }) => attempts.some(isLive));
  }

  override async find(jobs: readonly Job[]): Promise<ReadonlyMap<string, readonly Found[] | 'unknown'>> {
    await this.onCall('find');
    const told = this.#told;
    const seen = (job: Job) => {
      if (this.blind || this.blindTo.has(runKey(job))) return 'unknown';
      return (told ?? this.runs).get(runKey(job)) ?? [];
    };
    return new Map(jobs.map((job) => [job.address, seen(job)]));
  }

  /** The supervisor claims its attempt, and does not begin while an earlier one of its run lives. */
  override async start(job: Job, artifacts: readonly Artifact[], n: number, how: How): Promise<string> {
    const attempts = this.runs.get(runKey(job)) ?? [];
    const claimed = attempts.find((each) => each.n === n);
    if ((claimed || attempts.some(isLive)) && !this.lags)
      this.violations.push(`${job.address} ${n} was started beside what a look-up shows`);
    if (claimed) return claimed.handle;
    if (attempts.some(isLive)) throw new Error('an earlier attempt of this run is still running');
    this.#jobs.set(runKey(job), job);
    return super.start(job, artifacts, n, how);
  }

  override async remove(job: Job, results: boolean): Promise<void> {
    const attempts = this.runs.get(runKey(job)) ?? [];
    if (attempts.some(isLive) && !this.lags) this.violations.push(`${job.address} was removed while it ran`);
    await super.remove(job, results);
  }

  /** Its supervisor tries again: nobody of ours is asked. */
  retry({ job, key, attempts }: Begun): void {
    const n = 1 + Math.max(...attempts.map((each) => each.n));
    this.change(job, { state: 'ended', cause: 'killed' });
    const token = tokenOf(this.rootPath, this.stack, job, n);
    this.ledger.push(token);
    const next: Found = { n, token, handle: `${job.address}/${n}`, state: 'running', checkpoint: 0, step: 0 };
    this.runs.set(key, [...(this.runs.get(key) ?? []), next]);
  }

  /** Of each run at most one attempt lives, so of each token too. */
  check(): void {
    for (const { key, attempts } of this.begun()) {
      const live = attempts.filter(isLive);
      if (live.length > 1) this.violations.push(`${key} lives ${live.length} times`);
      if (new Set(attempts.map(({ token }) => token)).size !== attempts.length)
        this.violations.push(`${key} has a token twice`);
    }
  }
}
