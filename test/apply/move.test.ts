/** A change of placement: opted in to, stopped at a checkpoint, gone on in the new layout, also after any crash. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel } from '../../lib/apply/cancel.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { readPlan, planText as savedText } from '../../lib/plan/document.ts';
import { jobsOf, runKey } from '../../lib/plan/match.ts';
import type { PlanInput } from '../../lib/plan/plan.ts';
import { resourceChanges } from '../../lib/plan/resource-changes.ts';
import type { JobStep, Plan } from '../../lib/plan/step.ts';
import { planText } from '../../lib/report/plan-text.ts';
import type { Found } from '../../lib/state/attempt.ts';
import { writtenBy } from '../../lib/state/record.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { refused } from '../support/refused.ts';
import { stackOf } from '../support/stacks.ts';

const bare = { model: { source: 'path', path: '/models/m' }, maxSteps: 10, batch: { micro: 1, global: 2 } };
const one = stackOf({ sft: bare });
const wider = stackOf({ sft: { ...bare, cluster: { kind: 'local', processes: 2 } } });
const sharded = stackOf({ sft: { ...bare, cluster: { kind: 'local', processes: 2 }, zero: { stage: 2 } } });
const jobIn = (manifest: Manifest) => jobsOf(manifest)[0] as Job;
const stepIn = (plan: Plan) => plan.steps.find((step) => step.address === 'sft') as JobStep;
const allowed = { allowMove: true } satisfies Partial<PlanInput>;

async function running(): Promise<Bench> {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(one)).exit, 0);
  return it;
}

const attempts = (it: Bench) => it.target.runs.get(runKey(jobIn(one))) ?? [];
const states = (it: Bench) => attempts(it).map(({ state, cause }) => cause ?? state);
const layouts = async (it: Bench) =>
  (await it.state())?.recorded[0]?.attempts.map(({ layout, zeroStage }) => [layout.processesPerHost, zeroStage ?? '-']);

test('without --allow-move it is shown with its grade and refused before anything is done', async () => {
  const it = await running();
  const plan = await it.plan(wider);
  assert.equal(verbs(plan).sft, 'move');
  assert.match(
    planText(plan),
    /cluster\.processes +1 -> 2 +placement: approximate: each step sees the same rows.*\n +=> goes on from the checkpoint that it stops at: approximate, /,
  );
  const error = await refused(it.apply(plan));
  assert.is(error.exit, 1);
  assert.is(error.findings[0]?.id, 'plan/move');
  assert.match(error.findings[0]?.message ?? '', /sft is running, and cluster\.processes says .*go on approximately: /);
  assert.match(error.findings[0]?.fix ?? '', /--allow-move/);
  assert.equal(states(it), ['running']);
  assert.is((await it.state())?.serial, 1);
  it.close();
});

test('with it: stops at a checkpoint, goes on as the next attempt, and then there is nothing to do', async () => {
  const it = await running();
  const calls: string[] = [];
  it.target.onCall = (what) => void calls.push(what);
  const plan = await it.plan(sharded, allowed);
  assert.equal(stepIn(plan).resume?.grade, 'weights-only');
  assert.equal(
    plan.findings.filter((finding) => finding.severity === 'error'),
    [],
  );
  assert.is((await it.apply(plan)).exit, 0);
  assert.equal(calls.slice(-2), ['stop sft', 'start sft'], 'what it needs is built before it is stopped');
  assert.equal(states(it), ['cancelled', 'running']);
  assert.equal(it.target.accepted, ['exact', 'weights-only']);
  assert.equal(await layouts(it), [
    [1, '-'],
    [2, 2],
  ]);
  assert.not((await it.state())?.recorded[0]?.moving);
  assert.equal(verbs(await it.plan(sharded)), {}, 'without the flag too: nothing is to be moved any more');
  assert.is((await it.apply(plan)).exit, 0, 'the same plan again');
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test('a saved plan carries the permission, and the document for programs the grade', async () => {
  const it = await running();
  const plan = await it.plan(wider, allowed);
  const read = readPlan(savedText(plan), 'x.plan', { tool: '0.1.0', project: 'tests' });
  assert.equal(stepIn(read).resume, stepIn(plan).resume);
  const change = resourceChanges('0.1.0', [plan]).resource_changes.find(({ address }) => address === 'sft');
  assert.equal((change?.sft.resume as JobStep['resume'])?.grade, 'approximate');
  assert.is((await it.apply(read)).exit, 0);
  assert.equal(states(it), ['cancelled', 'running']);
  it.close();
});

test('a run that is done: the change is recorded, nothing starts, nothing is asked', async () => {
  const it = await running();
  it.target.change(jobIn(one), { state: 'ended', cause: 'done', checkpoint: 10 });
  assert.equal(verbs(await it.plan(wider)), { sft: 'update' });
  assert.is((await it.planAndApply(wider)).exit, 0);
  assert.equal(verbs(await it.plan(wider)), {});
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('it ends by itself while it is asked to stop: done stays done', async () => {
  const it = await running();
  const plan = await it.plan(wider, allowed);
  it.target.onCall = (what) => {
    if (what === 'stop sft') it.target.change(jobIn(one), { state: 'ended', cause: 'done', checkpoint: 10 });
  };
  it.target.stop = async () => it.target.onCall('stop sft') as undefined;
  const result = await it.apply(plan);
  assert.is(result.exit, 0);
  assert.match(result.steps.find((step) => step.address === 'sft')?.message ?? '', /done before it could move/);
  assert.equal(states(it), ['done']);
  assert.equal(verbs(await it.plan(wider)), {});
  it.close();
});

test('queued: it leaves the queue and starts anew in the new layout', async () => {
  const it = await running();
  it.target.change(jobIn(one), { state: 'queued' });
  assert.is((await refused(it.planAndApply(wider))).findings[0]?.id, 'plan/move');
  const plan = await it.plan(wider, allowed);
  assert.match(stepIn(plan).resume?.because ?? '', /nothing is trained yet/);
  assert.is((await it.apply(plan)).exit, 0);
  assert.equal(states(it), ['cancelled', 'running']);
  it.close();
});

test('failed: goes on by itself where its checkpoint loads exactly, else by --allow-move, and anew without one', async () => {
  const it = await running();
  it.target.change(jobIn(one), { state: 'lost', checkpoint: 5 });
  assert.equal(verbs(await it.plan(stackOf({ sft: { ...bare, gradientCheckpointing: false } }))).sft, 'attempt');
  const error = await refused(it.planAndApply(wider));
  assert.is(error.findings[0]?.id, 'plan/move');
  assert.match(error.findings[0]?.message ?? '', /checkpoints of another layout/);
  const exact = await it.plan(stackOf({ sft: { ...bare, gradientCheckpointing: false } }));
  assert.not(exact.findings.some((finding) => finding.severity === 'error'));
  assert.is(stepIn(exact).resume?.grade, 'exact');
  it.target.change(jobIn(one), { state: 'lost', checkpoint: 0 });
  assert.not((await it.plan(wider)).findings.some((finding) => finding.severity === 'error'));
  it.target.change(jobIn(one), { state: 'lost', checkpoint: 5 });
  assert.is((await it.apply(await it.plan(wider, allowed))).exit, 0);
  assert.equal(it.target.accepted, ['exact', 'approximate']);
  it.close();
});

test('what the newest checkpoint says of itself counts, also where the state was lost', async () => {
  const it = await running();
  const lost = new Bench(it.target);
  it.target.change(jobIn(one), { state: 'lost', checkpoint: 5, written: writtenBy(jobIn(one)) });
  assert.is((await lost.planAndApply(one)).exit, 0);
  it.target.change(jobIn(one), { state: 'lost', checkpoint: 5, written: writtenBy(jobIn(wider)) });
  const plan = await lost.plan(one);
  assert.is(stepIn(plan).resume?.grade, 'approximate');
  assert.is((await refused(lost.apply(plan))).findings[0]?.id, 'plan/move');
  it.close();
  lost.close();
});

test('another workspace: its checkpoints are not there; only --replace starts it there from the beginning', async () => {
  const it = await running();
  const away = stackOf({ sft: { ...bare, cluster: { kind: 'local', workspace: 'elsewhere' } } });
  it.target.runs.clear();
  for (const more of [{}, allowed]) {
    const error = await refused(it.apply(await it.plan(away, more)));
    assert.is(error.findings[0]?.id, 'plan/elsewhere');
  }
  assert.is((await it.apply(await it.plan(away, { asked: { sft: 'replace' } }))).exit, 0);
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test('its own retry took the attempt’s number: that is no move, and the run is left alone', async () => {
  const it = await running();
  const plan = await it.plan(wider, allowed);
  it.target.change(jobIn(one), { state: 'lost' });
  const token = stepIn(plan).token as string;
  const retry: Found = { n: 2, token, handle: 'sft/2', state: 'running', checkpoint: 0, step: 0 };
  it.target.runs.set(runKey(jobIn(one)), [...attempts(it), retry]);
  const result = await it.apply(plan);
  assert.is(result.exit, 1);
  assert.match(result.steps.find((step) => step.address === 'sft')?.message ?? '', /plan again/);
  assert.equal(states(it), ['lost', 'running']);
  assert.is((await it.apply(await it.plan(wider, allowed))).exit, 0);
  assert.equal(states(it), ['lost', 'cancelled', 'running']);
  it.close();
});

test('a person cancels what a crash left in the middle of a move: it stays cancelled', async () => {
  const it = await running();
  const plan = await it.plan(wider, allowed);
  it.target.refusesStarts = true;
  assert.is((await it.apply(plan)).exit, 1);
  assert.equal(verbs(await it.plan(wider)).sft, 'attempt', 'it was stopped to go on');
  const { signal } = new AbortController();
  await cancel({ stack: 'example', run: 'sft', save: true, target: it.target, desk: it.desk(), signal });
  assert.equal(verbs(await it.plan(wider)), { sft: 'update' });
  it.close();
});

class Crash extends Error {}

/** Applies until the k-th boundary: of the journal, or before an effect. */
async function applyUntil(it: Bench, plan: Plan, k: number): Promise<'crashed' | 'ended'> {
  let met = 0;
  let dead = false;
  const step = () => {
    met += 1;
    dead ||= met >= k;
    if (dead) throw new Crash();
  };
  const desk = it.desk({ boundary: step });
  it.target.onCall = step;
  await it.apply(plan, { desk, parallelism: 1 }).catch((caught: unknown) => {
    if (!dead) throw caught;
  });
  it.target.onCall = () => undefined;
  it.ended.add(desk.me.pid);
  return dead ? 'crashed' : 'ended';
}

async function checkMoved(it: Bench, k: number): Promise<void> {
  assert.equal(states(it), ['cancelled', 'running'], `boundary ${k}`);
  assert.equal(it.target.accepted, ['exact', 'weights-only'], `boundary ${k}`);
  assert.is(new Set(it.target.ledger).size, 2);
  assert.equal(await layouts(it), [
    [1, '-'],
    [2, 2],
  ]);
  assert.equal(verbs(await it.plan(sharded)), {});
}

async function atEachBoundary(again: (it: Bench, plan: Plan) => Promise<Plan>): Promise<void> {
  for (let k = 1; ; k++) {
    const it = await running();
    const plan = await it.plan(sharded, allowed);
    const end = await applyUntil(it, plan, k);
    assert.ok(states(it).filter((state) => state === 'running').length <= 1, `two live at boundary ${k}`);
    assert.is((await it.apply(await again(it, plan))).exit, 0, `boundary ${k}`);
    await checkMoved(it, k);
    it.close();
    if (end === 'crashed') continue;
    assert.ok(k > 12, `only ${k} boundaries were met`);
    return;
  }
}

test('ended at each boundary, then planned and applied again', () => atEachBoundary((it) => it.plan(sharded, allowed)));

test('ended at each boundary, then the same saved plan again', () => atEachBoundary(async (_, plan) => plan));

test('ended once it was stopped: the next apply goes on without being asked again', async () => {
  for (let k = 1; ; k++) {
    const it = await running();
    const end = await applyUntil(it, await it.plan(sharded, allowed), k);
    const stopped = states(it)[0] === 'cancelled';
    if (stopped) {
      assert.is((await it.planAndApply(sharded)).exit, 0, `boundary ${k}`);
      await checkMoved(it, k);
    }
    it.close();
    if (end === 'ended') return;
  }
});

test('ended once it was stopped, and the change is taken back: it goes on where it was', async () => {
  for (let k = 1; ; k++) {
    const it = await running();
    const end = await applyUntil(it, await it.plan(sharded, allowed), k);
    const plan = await it.plan(one);
    if (states(it).join() === 'cancelled') {
      assert.is((await it.apply(plan)).exit, 0, `boundary ${k}`);
      assert.equal(states(it), ['cancelled', 'running']);
      assert.equal(it.target.accepted, ['exact', 'exact']);
      assert.not((await it.state())?.recorded[0]?.moving);
    }
    it.close();
    if (end === 'ended') return;
  }
});

test.run();
