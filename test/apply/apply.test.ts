import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { jobsOf } from '../../lib/plan/match.ts';
import { recordAt } from '../../lib/state/record.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';

const one = stackOf({ sft: { maxSteps: 10 } });
const jobIn = (manifest: Manifest, address = 'sft') => jobsOf(manifest).find((job) => job.address === address) as Job;

function bench(): Bench {
  return new Bench(new ModelTarget());
}

test('builds in the order of needs, starts once, records; the second time there is nothing to do', async () => {
  const it = bench();
  const result = await it.planAndApply(one);
  assert.is(result.exit, 0);
  assert.equal([...it.target.builds].sort(), ['sft#bundle', 'sft#data', 'sft#environment', 'sft#weights']);
  assert.ok(it.target.builds.indexOf('sft#data') > it.target.builds.indexOf('sft#environment'));
  assert.is(it.target.ledger.length, 1);
  const state = await it.state();
  assert.is(state?.serial, 1);
  const record = recordAt(state?.recorded ?? [], 'sft');
  assert.is(record?.attempts[0]?.handle, 'sft/1');
  assert.is(record?.attempts[0]?.token, it.target.ledger[0]);
  assert.equal(Object.keys(record?.artifacts ?? {}).length, 4);
  assert.not(record?.resource.where.at, 'positions are not recorded');

  const again = await it.plan(one);
  assert.equal(verbs(again), {});
  assert.is((await it.apply(again)).exit, 0);
  assert.is((await it.state())?.serial, 1);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('the same plan twice goes on, and ends in nothing to do', async () => {
  const it = bench();
  const plan = await it.plan(one);
  await it.apply(plan);
  it.target.change(jobIn(one), { state: 'ended', cause: 'done' });
  const result = await it.apply(plan);
  assert.is(result.exit, 0);
  assert.is(it.target.ledger.length, 1);
  assert.is(it.target.builds.length, 4);
  it.close();
});

test('a failure stops what depends on it, lets the rest end, and both are told', async () => {
  const it = bench();
  const two = stackOf({ a: { maxSteps: 10 }, b: { maxSteps: 10 } });
  it.target.failingBuilds.add('a#data');
  const result = await it.planAndApply(two);
  assert.is(result.exit, 1);
  const outcomes = Object.fromEntries(result.steps.map((step) => [step.address, step.outcome]));
  assert.is(outcomes['a#data'], 'failed');
  assert.is(outcomes.a, 'skipped');
  assert.is(outcomes.b, 'done');
  assert.is(it.target.ledger.length, 1);
  const told = it.emitted.find((event) => event.kind === 'plan-step-end' && event.address === 'a#data');
  assert.is(told?.kind === 'plan-step-end' && told.message, 'no data today');
  it.target.failingBuilds.clear();
  assert.is((await it.planAndApply(two)).exit, 0);
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test('a look-up that fails never starts anything: exit 6', async () => {
  const it = bench();
  const plan = await it.plan(one);
  it.target.blind = true;
  const result = await it.apply(plan);
  assert.is(result.exit, 6);
  assert.is(it.target.ledger.length, 0);
  const blind = await it.plan(one);
  assert.equal(verbs(blind), {});
  assert.is((await it.apply(blind)).exit, 6);
  it.target.blind = false;
  assert.is((await it.planAndApply(one)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('a look-up that fails only at the start itself starts nothing, and is looked up by the next command', async () => {
  const it = bench();
  const plan = await it.plan(one);
  it.target.onCall = (what) => {
    if (what === 'build sft#weights') it.target.blind = true;
  };
  assert.is((await it.apply(plan)).exit, 6);
  assert.is(it.target.ledger.length, 0);
  it.target.blind = false;
  it.target.onCall = () => undefined;
  assert.is((await it.planAndApply(one)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('a start whose answer is lost is found, not repeated', async () => {
  const it = bench();
  it.target.losesAnswers = true;
  assert.is((await it.planAndApply(one)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  assert.is(recordAt((await it.state())?.recorded ?? [], 'sft')?.attempts[0]?.handle, 'sft/1');
  it.close();
});

test('a start whose answer is lost while the target is gone is unknown, then adopted', async () => {
  const it = bench();
  const plan = await it.plan(one);
  it.target.losesAnswers = true;
  it.target.onCall = (what) => {
    if (what === 'start sft') it.target.blind = true;
  };
  // The model is blind from here on, so nothing is missing in its eyes.
  assert.is((await it.apply(plan)).exit, 6);
  assert.is(it.target.ledger.length, 1);
  assert.equal(verbs(await it.plan(one)), {});
  it.target.blind = false;
  it.target.losesAnswers = false;
  it.target.onCall = () => undefined;
  assert.equal(verbs(await it.plan(one)), {}, 'recovered by the look-up, before any write');
  assert.is((await it.planAndApply(one)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('another plan, of another state, starts the same run while this one builds: it is adopted', async () => {
  const it = bench();
  const other = new Bench(it.target);
  it.target.onCall = async (what) => {
    if (what !== 'build sft#weights') return;
    it.target.onCall = () => undefined;
    assert.is((await other.planAndApply(one)).exit, 0);
  };
  assert.is((await it.planAndApply(one)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  assert.is(recordAt((await it.state())?.recorded ?? [], 'sft')?.attempts[0]?.handle, 'sft/1');
  it.close();
  other.close();
});

test('a lost state finds its job again', async () => {
  const it = bench();
  await it.planAndApply(one);
  const other = new Bench(it.target);
  const plan = await other.plan(one);
  assert.equal(verbs(plan), { sft: 'adopt' });
  assert.is((await other.apply(plan)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  assert.is(recordAt((await other.state())?.recorded ?? [], 'sft')?.attempts[0]?.handle, 'sft/1');
  assert.equal(verbs(await other.plan(one)), {});
  it.close();
  other.close();
});

test('a semantic change runs beside the old, which stays known; taking it back returns to the old', async () => {
  const it = bench();
  await it.planAndApply(one);
  const other = stackOf({ sft: { maxSteps: 10, learningRate: 1e-3 } });
  const plan = await it.plan(other);
  assert.equal(verbs(plan), { sft: 'new-run' });
  assert.ok(plan.findings.some((finding) => finding.id === 'plan/runs-beside'));
  assert.is((await it.apply(plan)).exit, 0);
  assert.is(it.target.ledger.length, 2);
  const record = recordAt((await it.state())?.recorded ?? [], 'sft');
  assert.is(record?.superseded?.[0]?.attempts[0]?.handle, 'sft/1');
  assert.is(record?.superseded?.[0]?.resource.identity, jobIn(one).identity);

  assert.equal(verbs(await it.plan(one)), { sft: 'adopt' });
  assert.is((await it.planAndApply(one)).exit, 0);
  const back = recordAt((await it.state())?.recorded ?? [], 'sft');
  assert.is(back?.resource.identity, jobIn(one).identity);
  assert.is(back?.superseded?.[0]?.resource.identity, jobIn(other).identity);
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test('an operational change of a done run is recorded and starts nothing, builds nothing', async () => {
  const it = bench();
  await it.planAndApply(one);
  it.target.change(jobIn(one), { state: 'ended', cause: 'done' });
  const changed = stackOf({ sft: { maxSteps: 10, logging: 5 } });
  const plan = await it.plan(changed);
  assert.equal(verbs(plan), { sft: 'update' });
  await it.apply(plan);
  assert.equal(verbs(await it.plan(changed)), {});
  assert.is(it.target.ledger.length, 1);
  assert.is(it.target.builds.length, 4);
  it.close();
});

test('a removed run stops, is forgotten, and its folder stays', async () => {
  const it = bench();
  await it.planAndApply(stackOf({ a: { maxSteps: 10 }, b: { maxSteps: 10 } }));
  const rest = stackOf({ a: { maxSteps: 10 } });
  const plan = await it.plan(rest);
  assert.equal(verbs(plan), { b: 'stop' });
  assert.is((await it.apply(plan)).exit, 0);
  assert.equal(
    (await it.state())?.recorded.map((record) => record.address),
    ['a'],
  );
  assert.is(it.target.removed.length, 0);
  assert.is([...it.target.runs.values()].flat().filter((each) => each.state === 'running').length, 1);
  it.close();
});

test.run();
