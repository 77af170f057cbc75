/** One stack's state on the disk, a model target and a clock, and the commands of a history on them. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ApplyInput } from '../../lib/apply/apply.ts';
import { load } from '../../lib/apply/load.ts';
import type { Desk } from '../../lib/apply/session.ts';
import { UserError } from '../../lib/errors.ts';
import { runKey } from '../../lib/plan/match.ts';
import type { PlanInput } from '../../lib/plan/plan.ts';
import { hasChanges, type Plan } from '../../lib/plan/step.ts';
import { breakLock, readLock } from '../../lib/state/lock.ts';
import { runsOf } from '../../lib/state/record.ts';
import { Bench } from './desk.ts';
import { checkJournal, checkNoneLost, checkRecovery, checkStates } from './history-checks.ts';
import { first, manifestFor, type Program } from './history-program.ts';
import { HistoryTarget } from './history-target.ts';

class Crash extends Error {}

/** How a command ended: by an exit code, or by the id of what was refused. */
export type End = number | string | 'crashed';

/** What a command may refuse; anything else that is thrown is a mistake of ours. */
const refusals = [
  'destroy/protected',
  'plan/elsewhere',
  'plan/move',
  'plan/protected',
  'plan/stale',
  'run/not-resumable',
  'run/unknown',
  'state/locked',
  'state/protected',
  'state/taken',
  'target/unknown',
];

export class World {
  readonly target = new HistoryTarget();
  readonly bench = new Bench(this.target);
  program: Program = first;
  saved: Plan | undefined;
  /** Runs that a lying look-up or a person put out of sight. */
  readonly excused = new Set<string>();
  readonly met = new Map<string, number>();
  #clock = 1_800_000_000;
  #up = 1000;

  get folder(): string {
    return this.bench.folder;
  }

  get wanted() {
    return manifestFor(this.program);
  }

  note(what: string): void {
    this.met.set(what, (this.met.get(what) ?? 0) + 1);
  }

  pass(seconds: number): void {
    this.#clock += seconds;
    this.#up += seconds;
  }

  setClock(seconds: number): void {
    this.#clock += seconds;
  }

  desk(more: Partial<Desk> = {}): Desk {
    return this.bench.desk({ now: () => this.#clock, up: () => this.#up, ...more });
  }

  plan(more: Partial<PlanInput> = {}): Promise<Plan> {
    return this.bench.plan(this.wanted, more);
  }

  apply(plan: Plan, desk: Desk = this.desk(), more: Partial<ApplyInput> = {}) {
    return this.bench.apply(plan, { desk, ...more });
  }

  /** Runs a command; what it refuses is told by its id. */
  async end(act: () => Promise<{ readonly exit: number } | undefined>): Promise<End> {
    try {
      const end = (await act())?.exit ?? 0;
      this.note(`exit ${end}`);
      return end;
    } catch (caught) {
      const id = caught instanceof UserError ? caught.findings[0]?.id : undefined;
      if (id === undefined || !refusals.includes(id)) throw caught;
      this.note(id);
      return id;
    }
  }

  /** Runs a command that dies at its k-th boundary or call; its lock stays as a dead process leaves it. */
  async dying(
    k: number,
    elsewhere: boolean,
    act: (desk: Desk) => Promise<{ readonly exit: number } | undefined>,
  ): Promise<End> {
    let steps = 0;
    const lock = join(this.folder, 'lock');
    const kept = `${this.bench.states}.lock`;
    const step = () => {
      if (++steps < k) return;
      if (steps === k && existsSync(lock)) cpSync(lock, kept, { recursive: true });
      throw new Crash();
    };
    const usual = this.desk({ boundary: step });
    const desk = elsewhere ? { ...usual, me: { ...usual.me, host: 'there', boot: '2' } } : usual;
    this.target.onCall = step;
    try {
      return await this.end(() => act(desk));
    } catch (caught) {
      if (steps < k) throw caught;
      return 'crashed';
    } finally {
      this.target.onCall = () => undefined;
      this.bench.ended.add(desk.me.pid);
      if (steps >= k) this.#leaveLock(lock, kept);
    }
  }

  #leaveLock(lock: string, kept: string): void {
    this.note('crashed');
    rmSync(lock, { recursive: true, force: true });
    if (existsSync(kept)) cpSync(kept, lock, { recursive: true });
    else mkdirSync(this.folder, { recursive: true });
    rmSync(kept, { recursive: true, force: true });
  }

  /** By hand, where a dead holder of another machine would be waited for. */
  unlock(): void {
    const held = readLock(this.folder);
    if (held && !held.released) breakLock(this.folder, held.id, this.desk().me, this.#clock);
  }

  /** All that was written of the stack, but for the lock's own files. */
  written(): Record<string, string> {
    if (!existsSync(this.folder)) return {};
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/lock'));
    const paths = files.map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'utf8')]));
  }

  /** A command that may write while look-ups lie: what lives may be out of sight from then on. */
  excuse(): void {
    if (this.target.lags) for (const { key } of this.target.begun()) this.excused.add(key);
  }

  async check(): Promise<void> {
    this.target.check();
    assert.equal(this.target.violations, []);
    this.excuse();
    if (!existsSync(this.folder)) return;
    checkStates(this.folder);
    checkJournal(this.folder);
    await checkRecovery(this.folder, this.target);
    await checkNoneLost(this.folder, this.target, this.excused);
    const { recorded } = (await load(this.folder, this.target)).recovered;
    for (const { resource } of recorded.flatMap(runsOf)) if (!this.target.lags) this.excused.delete(runKey(resource));
  }

  /** After an apply that ended with exit 0 there is nothing to do, and to do nothing writes nothing. */
  async checkSettled(): Promise<void> {
    const plan = await this.plan();
    assert.is(hasChanges(plan), false, `the plan after an apply is empty: ${JSON.stringify(verbsOf(plan))}`);
    const before = this.written();
    const end = await this.end(() => this.apply(plan));
    assert.ok(end === 0 || end === 6, `applied again: ${end}`);
    assert.equal(this.written(), before, 'to apply nothing writes nothing');
  }

  /** A command that came to its end leaves nothing for the next one to find out. */
  async checkAllSaved(): Promise<void> {
    const { state, recovered } = await load(this.folder, this.target);
    assert.equal(recovered.recorded, state?.recorded ?? [], 'what is recorded is not what the last command left');
  }

  close(): void {
    this.bench.close();
  }
}

export const verbsOf = ({ steps }: Plan) =>
  Object.fromEntries(steps.filter(({ verb }) => verb !== 'none').map(({ address, verb }) => [address, verb]));
