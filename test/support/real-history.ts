/** Histories of real commands on a real project, with a stand-in for the training. */
import { appendFileSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { clockLibrary, TestClock } from './clock.ts';
import { recordedTokens } from './disk-state.ts';
import { checkJournal, checkStates } from './history-checks.ts';
import { program, StandIn, type Start } from './stand-in.ts';

/** How a command is ended: at a boundary of its journal, or after so many milliseconds. */
type Death = { readonly at: number } | { readonly after: number };

export type RealAct =
  | { readonly do: 'edit'; readonly run: string }
  | { readonly do: 'apply' | 'cancel' | 'resume' | 'destroy'; readonly dies?: Death }
  | { readonly do: 'two-applies' | 'edit-bundle' | 'kill-training' | 'kill-supervisor' | 'cancel-by-hand' }
  | { readonly do: 'end'; readonly cause: 'done' | 'data' }
  | { readonly do: 'clock'; readonly days: number };

const death: fc.Arbitrary<Death> = fc.oneof(
  fc.record({ at: fc.integer({ min: 1, max: 14 }) }),
  fc.record({ after: fc.integer({ min: 100, max: 1500 }) }),
);
const dies = (verb: 'apply' | 'cancel' | 'resume' | 'destroy') => fc.record({ do: fc.constant(verb), dies: death });
const of = <T extends string>(...names: T[]) => fc.record({ do: fc.constantFrom(...names) });

/** Semantic, operational, cosmetic, and as at the beginning. */
const edits = ['learningRate: 1e-3,', 'logging: 2,', "tags: { note: 'b' },", ''];

export const realActs: fc.Arbitrary<RealAct> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), run: fc.constantFrom(...edits) }) },
  { weight: 3, arbitrary: of('apply') },
  { weight: 4, arbitrary: dies('apply') },
  { weight: 2, arbitrary: of('cancel', 'resume') },
  { weight: 1, arbitrary: fc.oneof(dies('cancel'), dies('resume'), dies('destroy'), of('destroy')) },
  { weight: 3, arbitrary: of('kill-training', 'kill-supervisor', 'cancel-by-hand') },
  { weight: 2, arbitrary: of('two-applies', 'edit-bundle') },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('end' as const), cause: fc.constantFrom('done' as const, 'data' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const), days: fc.constantFrom(1, -1) }) },
);

const words = {
  apply: ['apply', '--yes'],
  cancel: ['cancel', 'sft', '--yes'],
  resume: ['resume', 'sft'],
  destroy: ['destroy', 'demo', '--yes'],
} as const;

/** What a command may end with: done, refused, locked, stale, unknown, no such run. */
const codes = [0, 1, 4, 5, 6, 64];

export class RealHistory {
  readonly it: StandIn;
  readonly #clock: TestClock | undefined;
  /** Starts before the run's folder was last removed: its attempts are counted anew. */
  #before = 0;

  private constructor(it: StandIn) {
    this.it = it;
    this.#clock = clockLibrary === undefined ? undefined : new TestClock(it.ledger);
  }

  static async make(): Promise<RealHistory> {
    return new RealHistory(await StandIn.make());
  }

  #start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return this.it.start(args, { ...this.#clock?.env, SFT_BACKOFF_SECONDS: '0', ...env });
  }

  async #command(verb: keyof typeof words, how?: Death): Promise<void> {
    const at = how && 'at' in how ? { SFT_CRASH_AT: String(how.at) } : {};
    const { child, ended } = this.#start(words[verb], at);
    const timer = how && 'after' in how ? setTimeout(() => child.kill('SIGKILL'), how.after) : undefined;
    const { code, out, err } = await ended;
    clearTimeout(timer);
    if (child.signalCode === 'SIGKILL') return;
    const where = `sft ${verb} ended with ${code}\n${out}${err}`;
    assert.ok(codes.includes(code ?? -1), where);
    assert.not.match(err, 'sft/failed', where);
    if (verb === 'apply' && code === 0) await this.#checkEmpty(where);
  }

  async #checkEmpty(where: string): Promise<void> {
    const plan = await this.#start(['plan', '--detailed-exitcode']).ended;
    assert.is(plan.code, 0, `the plan after an apply is empty: ${plan.out}${plan.err}\n${where}`);
  }

  #starts(): Start[] {
    return this.it.starts().slice(this.#before);
  }

  #live(): Start[] {
    return this.it.starts().filter(({ pid, token }) => {
      const path = `/proc/${pid}/cmdline`;
      return existsSync(path) && readFileSync(path, 'utf8').includes(token);
    });
  }

  /** One is killed; its supervisor tries again, or ends. */
  async #kill(pid: number): Promise<void> {
    process.kill(pid, 'SIGKILL');
    await sleep(700);
  }

  async #twoApplies(): Promise<void> {
    const both = [this.#start(words.apply), this.#start(words.apply)];
    const ends = await Promise.all(both.map(({ ended }) => ended));
    for (const { code, err } of ends) assert.ok([0, 1, 4, 5].includes(code ?? -1), err);
    assert.ok(
      ends.some(({ code }) => code === 0),
      JSON.stringify(ends),
    );
  }

  #files(pattern: string): string[] {
    return globSync(join(this.it.folder, '.sft/workspace', pattern)).sort();
  }

  async do(act: RealAct): Promise<void> {
    const { it } = this;
    const [live] = this.#live();
    switch (act.do) {
      case 'edit':
        it.project.write({ 'stacks/demo.ts': program(act.run) });
        break;
      case 'destroy':
        await this.#command(act.do, act.dies);
        this.#before = it.starts().length;
        break;
      case 'apply':
      case 'cancel':
      case 'resume':
        await this.#command(act.do, act.dies);
        break;
      case 'two-applies':
        await this.#twoApplies();
        break;
      case 'edit-bundle':
        for (const path of this.#files('bundles/*/train.json')) appendFileSync(path, '\n');
        break;
      case 'kill-training':
        if (live) await this.#kill(live.pid);
        break;
      case 'kill-supervisor': {
        const supervisor = it.processes().find(({ words: each }) => / cdksft_trainer supervise /.test(each));
        if (supervisor) await this.#kill(supervisor.pid);
        break;
      }
      case 'cancel-by-hand':
        if (!live) break;
        for (const path of this.#files(`runs/${live.run}/attempts/${live.attempt}`))
          writeFileSync(join(path, 'request.json'), '{ "do": "stop", "save": true }\n');
        await sleep(700);
        break;
      case 'end':
        it.finish(act.cause);
        assert.equal(await it.awaitQuiet(), [], 'it did not end');
        it.goOn();
        break;
      case 'clock':
        this.#clock?.set(act.days);
    }
  }

  /** After each act, when no command runs. */
  check(): void {
    const tokens = this.#starts().map(({ token }) => token);
    assert.is(new Set(tokens).size, tokens.length, 'a token was started twice');
    const live = this.#live().map(({ run }) => run);
    assert.is(new Set(live).size, live.length, 'a run lives twice');
    if (!existsSync(this.it.states)) return;
    checkStates(this.it.states);
    checkJournal(this.it.states);
  }

  /** Nothing is left to do, every run is recorded, and all processes end. */
  async settle(): Promise<void> {
    const { it } = this;
    await this.#command('apply');
    this.check();
    assert.equal(await it.strays(), [], 'orphans');
    const known = new Set(recordedTokens(it.states));
    const runs = new Set(this.#starts().flatMap(({ run, token }) => (known.has(token) ? [run] : [])));
    for (const { run } of this.#starts()) assert.ok(runs.has(run), `a training was lost from sight: ${run}`);
    it.finish();
    assert.equal(await it.awaitQuiet(), [], 'left behind');
    const status = await this.#start(['status', '--json']).ended;
    const states = (JSON.parse(status.out) as { runs: { state: string }[] }).runs.map(({ state }) => state);
    assert.ok(
      states.every((state) => ['done', 'cancelled', 'failed-own'].includes(state)),
      states.join(),
    );
    await this.#checkEmpty('at the end');
  }
}
