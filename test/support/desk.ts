/** A project's folder of states, and the commands on it as a test calls them. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplyInput, type ApplyResult, apply } from '../../lib/apply/apply.ts';
import { load } from '../../lib/apply/load.ts';
import { observe } from '../../lib/apply/observe.ts';
import { type Desk, stateFolder } from '../../lib/apply/session.ts';
import type { EngineEvent } from '../../lib/base/events.ts';
import type { Manifest } from '../../lib/manifest.ts';
import { makePlan, type PlanInput } from '../../lib/plan/plan.ts';
import type { Plan } from '../../lib/plan/step.ts';
import type { State } from '../../lib/state/state.ts';
import { FileStore } from '../../lib/state/store.ts';
import type { ModelTarget } from './model-target.ts';

/** In memory where the system has such a place: thousands of writes that each wait for a busy disk take minutes. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let processes = 1000;

export class Bench {
  readonly states = mkdtempSync(join(place, 'sft-states-'));
  readonly target: ModelTarget;
  readonly emitted: EngineEvent[] = [];
  /** Of processes that a test has ended. */
  readonly ended = new Set<number>();

  constructor(target: ModelTarget) {
    this.target = target;
  }

  get folder(): string {
    return stateFolder(this.states, this.target.stack);
  }

  desk(more: Partial<Desk> = {}): Desk {
    processes += 1;
    const me = { who: 'ann', host: 'here', pid: processes, start: '1', boot: '1' };
    return {
      states: this.states,
      tool: '0.1.0',
      me,
      now: () => Date.now() / 1000,
      gone: (process) => this.ended.has(process.pid),
      ...more,
    };
  }

  state(): Promise<State | undefined> {
    return new FileStore(this.folder).read();
  }

  async planInput(manifest: Manifest): Promise<Omit<PlanInput, 'asked' | 'only'>> {
    const { state, recovered } = await load(this.folder, this.target);
    const { recorded } = recovered;
    const observed = await observe(this.target, manifest, recorded);
    return { tool: '0.1.0', project: 'tests', manifest, state, recorded, observed };
  }

  async plan(manifest: Manifest, more: Partial<PlanInput> = {}): Promise<Plan> {
    return makePlan({ ...(await this.planInput(manifest)), ...more });
  }

  apply(plan: Plan, more: Partial<ApplyInput> = {}): Promise<ApplyResult> {
    const emit = (event: EngineEvent) => this.emitted.push(event);
    const { signal } = new AbortController();
    return apply({ plan, target: this.target, desk: this.desk(), emit, signal, ...more });
  }

  async planAndApply(manifest: Manifest, more: Partial<ApplyInput> = {}): Promise<ApplyResult> {
    return this.apply(await this.plan(manifest), more);
  }

  close(): void {
    rmSync(this.states, { recursive: true, force: true });
  }
}

export const verbs = (plan: Plan) =>
  Object.fromEntries(plan.steps.filter((step) => step.verb !== 'none').map((step) => [step.address, step.verb]));
