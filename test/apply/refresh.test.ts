/** `--refresh-only` takes over what the target shows and does nothing else; `parallelism` bounds what is done side by side. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../lib/manifest.ts';
import { jobsOf } from '../../lib/plan/match.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';
import { planHash } from '../support/states.ts';

const bare = { model: { source: 'path', path: '/models/m' }, maxSteps: 10 };
const one = stackOf({ sft: bare });
const [job] = jobsOf(one) as [Job];

async function started(): Promise<Bench> {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(one)).exit, 0);
  return it;
}

const endOf = async (it: Bench) => (await it.state())?.recorded[0]?.attempts.map(({ end }) => end);

test('an end is recorded, and what would be started or changed is not', async () => {
  const it = await started();
  assert.equal(verbs(await it.plan(one, { refreshOnly: true })), {}, 'it is as recorded');
  it.target.change(job, { state: 'ended', cause: 'node-lost' });
  const more = stackOf({ sft: { ...bare, logging: 7 }, second: bare });
  const plan = await it.plan(more, { refreshOnly: true });
  assert.equal(verbs(plan), { sft: 'refresh' });
  assert.is((await it.apply(plan)).exit, 0);
  assert.equal(await endOf(it), ['node-lost']);
  const state = await it.state();
  assert.equal(
    state?.recorded.map(({ address, resource }) => [address, resource.settings.logging]),
    [['sft', job.settings.logging]],
  );
  assert.is(it.target.ledger.length, 1);
  assert.equal(verbs(await it.plan(more, { refreshOnly: true })), {});
  it.close();
});

test('also of a run that the program no longer has; an attempt by somebody else is taken over', async () => {
  const it = await started();
  it.target.change(job, { state: 'ended', cause: 'cancelled' });
  await it.target.start(job, [], 2, { provenance: { plan: planHash }, accept: 'exact' });
  const plan = await it.plan(stackOf({}), { refreshOnly: true });
  assert.equal(verbs(plan), { sft: 'refresh' });
  assert.is((await it.apply(plan)).exit, 0);
  assert.equal(await endOf(it), ['cancelled', undefined]);
  it.close();
});

test('what the target does not tell is left as it is, and so is a run that is gone', async () => {
  const it = await started();
  it.target.blind = true;
  assert.equal(verbs(await it.plan(one, { refreshOnly: true })), {});
  Object.assign(it.target, { blind: false });
  it.target.runs.clear();
  const gone = await it.plan(one, { refreshOnly: true });
  assert.equal(verbs(gone), {});
  assert.ok(gone.findings.some(({ id }) => id === 'drift/gone'));
  it.close();
});

test('parallelism: no more steps at once than that', async () => {
  const runs = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`r${index}`, bare]));
  for (const parallelism of [1, 3]) {
    const it = new Bench(new ModelTarget());
    let [now, most] = [0, 0];
    it.target.onCall = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    };
    assert.is((await it.planAndApply(stackOf(runs), { parallelism })).exit, 0);
    assert.is(most, parallelism);
    it.close();
  }
});

test.run();
