/** Applies of runs that begin with another run's result: order, failure, interruption, crash between the two. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tokenOf } from '../../lib/base/token.ts';
import { collect } from '../../lib/constructs/collect.ts';
import { FineTune, lora, Model } from '../../lib/index.ts';
import type { Manifest } from '../../lib/manifest.ts';
import { runKey } from '../../lib/plan/match.ts';
import type { Plan } from '../../lib/plan/step.ts';
import type { Found } from '../../lib/state/attempt.ts';
import { recordAt } from '../../lib/state/record.ts';
import { chainManifest, jobAt } from '../support/chain.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { parts } from '../support/stack.ts';

const two = chainManifest();
const done = { state: 'ended', cause: 'done', step: 9 } as const;

const bench = () => new Bench(new ModelTarget('demo'));
const token = (it: Bench, address: string, n = 1, manifest: Manifest = two) =>
  tokenOf(it.target.rootPath, 'demo', jobAt(manifest, address), n);
const attempts = (it: Bench, address: string) => it.target.runs.get(runKey(jobAt(two, address))) ?? [];

/** What becomes of the first run, the n-th time that somebody waits for it. */
function whenAwaited(it: Bench, ...becomes: readonly (Partial<Found> | (() => void))[]): void {
  let n = 0;
  it.target.onCall = (what) => {
    if (what !== 'follow first') return;
    const next = becomes[Math.min(n++, becomes.length - 1)];
    if (typeof next === 'function') next();
    else if (next) it.target.change(jobAt(two, 'first'), next);
  };
}

test('the second starts when the first is done, in one apply; then there is nothing to do', async () => {
  const it = bench();
  whenAwaited(it, () => {
    assert.equal(it.target.ledger, [token(it, 'first')], 'the second has not started');
    it.target.change(jobAt(two, 'first'), done);
  });
  const result = await it.planAndApply(two);
  assert.is(result.exit, 0);
  assert.equal(it.target.ledger, [token(it, 'first'), token(it, 'second')]);
  const wait = result.steps.find(({ verb }) => verb === 'wait');
  assert.equal([wait?.address, wait?.outcome], ['first#result', 'done']);
  const titles = it.emitted.flatMap((event) => (event.kind === 'plan-step-begin' ? [event.title] : []));
  assert.ok(titles.indexOf('waiting for run first') < titles.indexOf('run second'));
  assert.is(recordAt((await it.state())?.recorded ?? [], 'first')?.attempts[0]?.end, 'done');
  assert.equal(verbs(await it.plan(two)), {});
  it.close();
});

test('what was started can be seen while apply waits', async () => {
  const it = bench();
  let recorded: readonly string[] = [];
  it.target.onCall = async (what) => {
    if (what !== 'follow first') return;
    recorded = (await it.state())?.recorded.map(({ address }) => address) ?? [];
    it.target.change(jobAt(two, 'first'), done);
  };
  await it.planAndApply(two);
  assert.equal(recorded, ['first']);
  it.close();
});

test('the first fails: the second is not started, both are told, exit 7', async () => {
  const it = bench();
  whenAwaited(it, { state: 'ended', cause: 'nan-loss', message: 'the loss is no number', step: 3 });
  const result = await it.planAndApply(two);
  assert.is(result.exit, 7);
  const told = Object.fromEntries(result.steps.map((step) => [step.address, step]));
  assert.is(told.first?.outcome, 'done', 'it was started');
  assert.is(told['first#result']?.outcome, 'failed');
  assert.is(told['first#result']?.message, 'first ended at step 3, nan-loss: the loss is no number');
  assert.equal([told.second?.outcome, told.second?.message], ['skipped', 'run first did not succeed']);
  assert.is(it.target.ledger.length, 1);

  const plan = await it.plan(two);
  assert.equal(verbs(plan), {});
  assert.ok(plan.findings.some(({ id }) => id === 'plan/no-result'));
  it.target.onCall = () => undefined;
  assert.is((await it.apply(plan)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  it.close();
});

test('a retry of its supervisor is waited for too', async () => {
  const it = bench();
  const retry = () => {
    it.target.change(jobAt(two, 'first'), { state: 'ended', cause: 'node-lost' });
    // The next attempt begins a little after the end of the one before.
    setTimeout(() => {
      const next = { n: 2, token: token(it, 'first', 2), handle: 'first/2', state: 'running' } as const;
      const found = [...attempts(it, 'first'), { ...next, checkpoint: 4, step: 4 }];
      it.target.runs.set(runKey(jobAt(two, 'first')), found);
    }, 20);
  };
  whenAwaited(it, retry, done);
  const result = await it.planAndApply(two);
  assert.is(result.exit, 0);
  assert.ok(it.target.ledger.includes(token(it, 'second')));
  const record = recordAt((await it.state())?.recorded ?? [], 'first');
  assert.equal(
    record?.attempts.map(({ n, end }) => [n, end]),
    [
      [1, 'node-lost'],
      [2, 'done'],
    ],
  );
  it.close();
});

test('Ctrl-C while it waits: the first goes on, the second is not started, and the next apply goes on', async () => {
  const it = bench();
  const stop = new AbortController();
  whenAwaited(it, () => stop.abort());
  const plan = await it.plan(two);
  const result = await it.apply(plan, { signal: stop.signal });
  assert.is(result.exit, 130);
  assert.is(attempts(it, 'first')[0]?.state, 'running');
  assert.is(it.target.ledger.length, 1);
  const wait = result.steps.find(({ verb }) => verb === 'wait');
  assert.match(wait?.message ?? '', /first goes on; apply again/);

  whenAwaited(it, done);
  const again = await it.plan(two);
  assert.equal(verbs(again), { second: 'create' });
  assert.is((await it.apply(plan)).exit, 0, 'the saved plan goes on too');
  assert.equal(it.target.ledger, [token(it, 'first'), token(it, 'second')]);
  it.close();
});

class Crash extends Error {}

async function applyUntil(it: Bench, plan: Plan, k: number): Promise<'crashed' | 'ended'> {
  let [boundaries, dead] = [0, false];
  const step = () => {
    boundaries += 1;
    dead ||= boundaries >= k;
    if (dead) throw new Crash();
  };
  const desk = it.desk({ boundary: step });
  it.target.onCall = (what) => {
    step();
    if (what === 'follow first') it.target.change(jobAt(two, 'first'), done);
  };
  try {
    await it.apply(plan, { desk, parallelism: 1 });
    return dead ? 'crashed' : 'ended';
  } catch (caught) {
    if (!dead) throw caught;
    return 'crashed';
  } finally {
    it.target.onCall = () => undefined;
    it.ended.add(desk.me.pid);
  }
}

test('ended at each boundary, then applied again: each starts once, and the second after the first is done', async () => {
  for (let k = 1; ; k++) {
    const it = bench();
    const end = await applyUntil(it, await it.plan(two), k);
    const order = () => {
      const second = it.target.ledger.indexOf(token(it, 'second'));
      assert.ok(second < 0 || (second > 0 && attempts(it, 'first')[0]?.cause === 'done'), `boundary ${k}`);
    };
    order();
    whenAwaited(it, done);
    assert.is((await it.planAndApply(two)).exit, 0, `boundary ${k}`);
    order();
    assert.equal([...it.target.ledger], [token(it, 'first'), token(it, 'second')], `boundary ${k}`);
    assert.equal(verbs(await it.plan(two)), {});
    it.close();
    if (end === 'ended') {
      assert.ok(k > 20, `only ${k} boundaries were met`);
      return;
    }
  }
});

test('a target that stops to answer meanwhile: nothing is started on a guess, exit 6', async () => {
  const it = bench();
  whenAwaited(it, () => {
    it.target.blind = true;
  });
  assert.is((await it.planAndApply(two)).exit, 6);
  assert.is(it.target.ledger.length, 1);
  it.target.blind = false;
  whenAwaited(it, done);
  assert.is((await it.planAndApply(two)).exit, 0);
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test('weights are merged only when the first run is done', async () => {
  const merged = chainManifest({ use: 'merged' });
  const it = bench();
  it.target.onCall = (what) => {
    if (what === 'follow first') it.target.change(jobAt(merged, 'first'), done);
    if (what === 'build start#bf16')
      assert.is(it.target.runs.get(runKey(jobAt(merged, 'first')))?.[0]?.cause, 'done', 'merged too early');
  };
  assert.is((await it.planAndApply(merged)).exit, 0);
  assert.is(it.target.builds.filter((address) => address === 'start#bf16').length, 1);
  assert.equal(it.target.ledger, [token(it, 'first'), token(it, 'second', 1, merged)]);
  const record = recordAt((await it.state())?.recorded ?? [], 'second');
  assert.ok(record?.artifacts['start#bf16'], 'what it rests on is recorded');
  it.close();
});

test('to wait takes no place of what is done side by side', async () => {
  const { app, stack, model, data, cluster } = parts();
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const first = new FineTune(stack, 'first', { model, ...common });
  new FineTune(stack, 'second', { model: Model.fromRun(stack, 'start', { run: first }), ...common });
  new FineTune(stack, 'third', { model, ...common, seed: 7 });
  const manifest = collect(app).manifests[0] as Manifest;
  const it = bench();
  let awaited = false;
  it.target.onCall = async (what) => {
    if (what !== 'follow first' || awaited) return;
    awaited = true;
    for (let turns = 0; it.target.ledger.length < 2 && turns < 1000; turns++) await new Promise(setImmediate);
    it.target.change(jobAt(manifest, 'first'), done);
  };
  assert.is((await it.planAndApply(manifest, { parallelism: 1 })).exit, 0);
  const tokens = ['first', 'third', 'second'].map((address) => token(it, address, 1, manifest));
  assert.equal(it.target.ledger, tokens);
  it.close();
});

test.run();
