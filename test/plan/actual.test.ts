/** To pin the commit that a run had read is no new run; to pin another one is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { type Observed, runKey } from '../../lib/plan/match.ts';
import { makePlan } from '../../lib/plan/plan.ts';
import type { JobStep } from '../../lib/plan/step.ts';
import type { Found, Revisions } from '../../lib/state/attempt.ts';
import { withFound } from '../../lib/state/record.ts';
import type { Recorded } from '../../lib/state/state.ts';
import { stackOf } from '../support/stacks.ts';
import { planHash, recordedRun, token } from '../support/states.ts';

const commit = 'dce01c9b08f87459cf36a430d809084718273017';
const other = '01c7f73d771dfac7d292323805ebc428287df4f9';
const model = (revision?: string) => ({ source: 'hub', id: 'a/a', ...(revision ? { revision } : {}) });

const stack = (revision?: string) => stackOf({ sft: { maxSteps: 10, model: model(revision) } });
const jobOf = (manifest: Manifest) => manifest.resources.find((one) => one.life === 'job') as Job;

const found = (revisions: Revisions | undefined, more: Partial<Found> = {}): Found => ({
  n: 1,
  token: token(1),
  handle: 'sft/1',
  state: 'running',
  checkpoint: 0,
  step: 3,
  ...(revisions ? { revisions } : {}),
  ...more,
});

function planOf(manifest: Manifest, recorded: readonly Recorded[], attempts: readonly Found[]): JobStep {
  const runs: Observed['runs'] = new Map(recorded.map(({ resource }) => [runKey(resource), attempts]));
  const state = { lineage: 'a-lineage', serial: 1 };
  const observed = { root: '/ws', presence: new Map(), runs };
  const plan = makePlan({ tool: '0.1.0', project: 'p', manifest, state, recorded, observed });
  return plan.steps.find((step) => step.life === 'job') as JobStep;
}

const before = recordedRun(jobOf(stack()));
const wanted = stack(commit);

test('the same commit, as the target tells it: in place, and it stays the same run', () => {
  const step = planOf(wanted, before, [found({ model: commit })]);
  assert.equal([step.verb, step.change], ['update', 'cosmetic']);
  assert.match(step.fields[0]?.reason ?? '', 'has read this very commit');
});

test('as the state tells it, once the attempt has ended', () => {
  const ended = found({ model: commit }, { state: 'ended', cause: 'done' });
  const recorded = withFound(before, jobOf(stack()), [ended], { plan: planHash });
  assert.equal(recorded[0]?.attempts[0]?.revisions, { model: commit });
  assert.is(planOf(wanted, recorded, [{ ...ended, revisions: {} }]).verb, 'update');
});

test('another commit, one that is not known, or a branch that moved between attempts: a new run', () => {
  assert.is(planOf(wanted, before, [found({ model: other })]).change, 'semantic');
  assert.is(planOf(wanted, before, [found(undefined)]).change, 'semantic');
  const moved = [found({ model: commit }), found({ model: other }, { n: 2 })];
  assert.is(planOf(wanted, before, moved).change, 'semantic');
});

test('from one pin to another is a new run, also where the run had read that other one', () => {
  const recorded = recordedRun(jobOf(stack(other)));
  assert.is(planOf(wanted, recorded, [found({ model: commit })]).change, 'semantic');
});

test.run();
