/** What keeps an apply from beginning, or ends it: the target, another apply, a stale plan, an interruption. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { UserError } from '../../lib/errors.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { jobsOf } from '../../lib/plan/match.ts';
import type { Plan } from '../../lib/plan/step.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { refused } from '../support/refused.ts';
import { stackOf } from '../support/stacks.ts';

const one = stackOf({ sft: { maxSteps: 10 } });
const jobIn = (manifest: Manifest, address = 'sft') => jobsOf(manifest).find((job) => job.address === address) as Job;
const bench = () => new Bench(new ModelTarget());

test('what stands in the way on the target is told before anything is done', async () => {
  const it = bench();
  it.target.findings.push({
    id: 'target/python',
    severity: 'error',
    where: {},
    message: 'No Python.',
    fix: 'Get one.',
  });
  const error = await refused(it.planAndApply(one));
  assert.is(error.findings[0]?.id, 'target/python');
  assert.is(it.target.builds.length, 0);
  it.close();
});

test('a plan made before another apply is stale: exit 5', async () => {
  const it = bench();
  const old = await it.plan(one);
  await it.planAndApply(stackOf({ sft: { maxSteps: 20 } }));
  const error = await refused(it.apply(old));
  assert.is(error.exit, 5);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('what a plan saw of its target has changed: exit 5, told, and nothing is done', async () => {
  const it = bench();
  const stale = async (plan: Plan, told: RegExp) => {
    const before = await it.state();
    const error = await refused(it.apply(plan));
    assert.is(error.exit, 5);
    assert.equal([error.findings.length, error.findings[0]?.id], [1, 'plan/stale']);
    assert.match(error.message, told);
    assert.equal(await it.state(), before);
  };
  const first = await it.plan(one);
  it.target.machineName = 'there';
  await stale(first, /host here; this is there/);
  it.target.machineName = 'here';
  assert.is((await it.apply(first)).exit, 0);

  const job = jobIn(one);
  const lost = { state: 'lost', checkpoint: 6, step: 8 } as const;
  it.target.change(job, lost);
  const second = await it.plan(one);
  assert.equal(verbs(second), { sft: 'attempt' });
  it.target.change(job, { ...lost, checkpoint: 4 });
  await stale(second, /checkpoint of run sft was that of step 6 .* is that of step 4 now/);
  it.target.change(job, { state: 'ended', cause: 'cancelled', checkpoint: 6, step: 8 });
  await stale(second, /Run sft was failed .* is cancelled now/);
  it.target.runs.clear();
  await stale(second, /Run sft was failed .* is absent now/);

  const third = await it.plan(one);
  it.target.edited.add('sft#data');
  await stale(third, /Files of data sft#data on the target were edited/);
  assert.is(it.target.ledger.length, 1);
  assert.is((await it.planAndApply(one)).exit, 0);
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test('a held lock: exit 4, naming the holder', async () => {
  const it = bench();
  const plan = await it.plan(one);
  let second: Promise<UserError> | undefined;
  it.target.onCall = async (what) => {
    if (what !== 'start sft') return;
    second = refused(it.apply(plan));
    await second;
  };
  await it.apply(plan);
  const error = await second;
  assert.is(error?.exit, 4);
  assert.match(error?.findings[0]?.message ?? '', /ann on here/);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('interrupted: starts nothing new, abandons what does not end, unlocks; the next apply goes on', async () => {
  const it = bench();
  const stop = new AbortController();
  it.target.onCall = (what) => {
    if (what !== 'build sft#data') return;
    stop.abort();
    return new Promise(() => undefined);
  };
  const result = await it.planAndApply(one, { signal: stop.signal, graceSeconds: 0.05 });
  assert.is(result.exit, 130);
  assert.is(result.interrupted, true);
  assert.is(it.target.ledger.length, 0);
  it.target.onCall = () => undefined;
  assert.is((await it.planAndApply(one)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('a holder that lost its lock writes nothing and starts nothing', async () => {
  const it = bench();
  // Stopped at 1000, while time went on for the other.
  const [stopped, later] = [1000, 4600].map((seconds) => ({ now: () => seconds, up: () => seconds }));
  const plan = await it.plan(one);
  it.target.onCall = async (what) => {
    if (what !== 'build sft#weights') return;
    it.target.onCall = () => undefined;
    const taken = await it.apply(await it.plan(one), { desk: it.desk(later) });
    assert.is(taken.exit, 0);
  };
  const error = await refused(it.apply(plan, { desk: it.desk(stopped) }));
  assert.is(error.findings[0]?.id, 'state/lock-lost');
  assert.is(it.target.ledger.length, 1);
  assert.is((await it.state())?.serial, 1);
  it.close();
});

test.run();
