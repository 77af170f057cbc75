import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel } from '../../lib/apply/cancel.ts';
import { destroy } from '../../lib/apply/destroy.ts';
import { resumePlan } from '../../lib/apply/resume.ts';
import { ProgressReader, status } from '../../lib/apply/status.ts';
import type { TrainerEvent } from '../../lib/base/events.ts';
import type { UserError } from '../../lib/errors.ts';
import type { Job } from '../../lib/manifest.ts';
import { jobsOf, runKey } from '../../lib/plan/match.ts';
import { recordAt } from '../../lib/state/record.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';

const one = stackOf({ sft: { maxSteps: 10 } });
const [job] = jobsOf(one) as [Job];

async function started(manifest = one): Promise<Bench> {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(manifest)).exit, 0);
  return it;
}

const words = (it: Bench) => ({
  stack: 'example',
  target: it.target,
  desk: it.desk(),
  signal: new AbortController().signal,
});

test('cancel saves, stops, records; nothing starts again by itself; resume goes on', async () => {
  const it = await started();
  const result = await cancel({ ...words(it), run: 'sft', save: true });
  assert.equal([result.exit, result.outcome], [0, 'cancelled']);
  assert.is(recordAt((await it.state())?.recorded ?? [], 'sft')?.attempts[0]?.end, 'cancelled');
  const plan = await it.plan(one);
  assert.equal(verbs(plan), {});
  assert.equal(plan.findings, [], 'our own cancelling is no drift');
  assert.is((await cancel({ ...words(it), run: 'sft', save: true })).outcome, 'not-running');

  const resume = resumePlan(await it.planInput(one), 'sft');
  assert.equal(verbs(resume), { sft: 'attempt' });
  assert.is((await it.apply(resume)).exit, 0);
  const record = recordAt((await it.state())?.recorded ?? [], 'sft');
  assert.equal(
    record?.attempts.map((attempt) => [attempt.n, attempt.end]),
    [
      [1, 'cancelled'],
      [2, undefined],
    ],
  );
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test('cancel: an older run by its identity, a name that is not there, a target that does not tell', async () => {
  const it = await started();
  await it.planAndApply(stackOf({ sft: { maxSteps: 20 } }));
  const old = `sft@${job.identity.slice(0, 12)}`;
  assert.is((await cancel({ ...words(it), run: old, save: false })).outcome, 'cancelled');
  const live = [...it.target.runs.values()].flat().filter((found) => found.state === 'running');
  assert.is(live.length, 1);
  assert.is(recordAt((await it.state())?.recorded ?? [], 'sft')?.superseded?.[0]?.attempts[0]?.end, 'cancelled');
  try {
    await cancel({ ...words(it), run: 'stf', save: false });
    assert.unreachable();
  } catch (caught) {
    assert.match((caught as UserError).findings[0]?.fix ?? '', `sft@${job.identity.slice(0, 12)}`);
  }
  it.target.blind = true;
  assert.is((await cancel({ ...words(it), run: 'sft', save: false })).exit, 6);
  it.close();
});

test('resume says why there is nothing to resume', async () => {
  const it = await started();
  const input = await it.planInput(one);
  assert.throws(() => resumePlan(input, 'sft'), /it is running/);
  assert.throws(() => resumePlan(input, 'nothing'), /no run nothing/);
  it.target.change(job, { state: 'ended', cause: 'done' });
  const done = await it.planInput(one);
  assert.throws(() => resumePlan(done, 'sft'), /it is done/);
  it.target.blind = true;
  const blind = await it.planInput(one);
  assert.throws(
    () => resumePlan(blind, 'sft'),
    (error: UserError) => error.exit === 6,
  );
  it.close();
});

test('destroy stops, removes and forgets; results only of the runs that are named', async () => {
  const it = await started(stackOf({ a: { maxSteps: 10 }, b: { maxSteps: 10 } }));
  const result = await destroy({ ...words(it), emit: () => undefined, results: ['b'] });
  assert.is(result.exit, 0);
  assert.equal(it.target.removed.map((each) => each.replace(/@\w+/, '')).sort(), ['a', 'b with results']);
  assert.equal((await it.state())?.recorded, []);
  assert.is((await destroy({ ...words(it), emit: () => undefined, results: [] })).steps.length, 0);
  it.close();
});

test('destroy leaves alone what it cannot look up: exit 6', async () => {
  const it = await started();
  it.target.blind = true;
  assert.is((await destroy({ ...words(it), emit: () => undefined, results: [] })).exit, 6);
  assert.is((await it.state())?.recorded.length, 1);
  assert.is(it.target.removed.length, 0);
  it.close();
});

const step = (n: number, seconds: number): TrainerEvent => ({
  kind: 'step',
  time: n,
  step: n,
  max_steps: 100,
  epoch: n / 10,
  loss: 5 - n / 10,
  grad_norm: 1,
  learning_rate: 1e-4,
  tokens_per_second: 1000 + n,
  step_seconds: seconds,
  memory_bytes: 2 ** 30,
});

test('status: the newest step, loss, pace, and the time left from the median step', async () => {
  const it = await started();
  it.target.events.set(`${runKey(job)} 1`, [
    { kind: 'sample', time: 0, memory_bytes: 5, cpu: 1 },
    step(1, 60),
    step(2, 2),
    step(3, 2),
    { kind: 'evaluate', time: 3, step: 3, eval_loss: 4.5 },
    step(4, 4),
  ]);
  const [shown] = await status(it.target, (await it.state())?.recorded ?? []);
  assert.is(shown?.state, 'running');
  assert.equal([shown?.step, shown?.maxSteps, shown?.loss, shown?.evaluationLoss], [4, 100, 4.6, 4.5]);
  assert.equal([shown?.tokensPerSecond, shown?.memoryBytes], [1004, 2 ** 30]);
  assert.is(shown?.secondsLeft, 96 * 3);
  it.target.change(job, { state: 'ended', cause: 'killed', message: 'signal 9', checkpoint: 3 });
  const [ended] = await status(it.target, (await it.state())?.recorded ?? []);
  assert.equal([ended?.state, ended?.cause, ended?.message, ended?.checkpoint], ['failed', 'killed', 'signal 9', 3]);
  assert.is(ended?.secondsLeft, undefined);
  it.target.blind = true;
  assert.is((await status(it.target, (await it.state())?.recorded ?? []))[0]?.state, 'unknown');
  it.close();
});

test('progress before the first step, and after the end', () => {
  const reader = new ProgressReader();
  assert.equal(reader.value, {});
  reader.add({ kind: 'sample', time: 0, memory_bytes: 5, cpu: 1 });
  assert.equal(reader.value, { memoryBytes: 5 });
  reader.add(step(10, 1));
  assert.is(reader.value.secondsLeft, 90);
  reader.add({ kind: 'end', time: 9, cause: 'done', step: 100, result: 'output/result' });
  assert.equal([reader.value.secondsLeft, reader.value.result, reader.value.step], [undefined, 'output/result', 100]);
});

test.run();
