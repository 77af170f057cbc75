/** An apply that is ended at every boundary of its journal and before every effect, then done again. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jobsOf } from '../../lib/plan/match.ts';
import type { Plan } from '../../lib/plan/step.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';

class Crash extends Error {}

const bare = { model: { source: 'path', path: '/models/m' }, maxSteps: 10 };
const one = stackOf({ sft: bare });
const other = stackOf({ sft: { ...bare, learningRate: 1e-3 }, more: bare });

/** Applies until the k-th boundary; what a dead process would not do, this one cannot: every later call throws. */
async function applyUntil(it: Bench, plan: Plan, k: number): Promise<'crashed' | 'ended'> {
  let boundaries = 0;
  let dead = false;
  const step = () => {
    boundaries += 1;
    if (dead || boundaries >= k) {
      dead = true;
      throw new Crash();
    }
  };
  const desk = it.desk({ boundary: step });
  it.target.onCall = step;
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

function checkOnce(it: Bench): void {
  assert.is(new Set(it.target.ledger).size, it.target.ledger.length, 'a token was started twice');
  const live = [...it.target.runs.values()].flat().filter((found) => found.state === 'running');
  assert.is(live.length, it.target.ledger.length, 'a training is not to be found');
}

async function checkSettled(it: Bench, manifest: typeof one): Promise<void> {
  const before = await it.state();
  const plan = await it.plan(manifest);
  assert.equal(verbs(plan), {}, 'the plan after an apply is empty');
  assert.is((await it.apply(plan)).exit, 0);
  assert.is((await it.state())?.serial, before?.serial, 'a second apply writes no state');
  for (const job of jobsOf(manifest)) {
    const record = before?.recorded.find((each) => each.address === job.address);
    assert.is(record?.resource.identity, job.identity);
    assert.ok(record?.attempts.every((attempt) => attempt.handle !== undefined));
  }
}

test('ended at each boundary, then planned and applied again: one start for each token, none lost', async () => {
  for (let k = 1; ; k++) {
    const it = new Bench(new ModelTarget());
    const end = await applyUntil(it, await it.plan(one), k);
    checkOnce(it);
    assert.is((await it.planAndApply(one)).exit, 0, `boundary ${k}`);
    assert.is(it.target.ledger.length, 1, `trainings of boundary ${k}`);
    checkOnce(it);
    await checkSettled(it, one);
    it.close();
    if (end === 'ended') {
      assert.ok(k > 15, `only ${k} boundaries were met`);
      return;
    }
  }
});

test('ended at each boundary, then the same saved plan again', async () => {
  for (let k = 1; ; k++) {
    const it = new Bench(new ModelTarget());
    const plan = await it.plan(one);
    const end = await applyUntil(it, plan, k);
    assert.is((await it.apply(plan)).exit, 0, `boundary ${k}`);
    assert.is(it.target.ledger.length, 1, `trainings of boundary ${k}`);
    await checkSettled(it, one);
    it.close();
    if (end === 'ended') return;
  }
});

test('ended at each boundary, then the program has changed: the old run is known, the new ones start once', async () => {
  for (let k = 1; ; k++) {
    const it = new Bench(new ModelTarget());
    const end = await applyUntil(it, await it.plan(one), k);
    const began = it.target.ledger.length;
    assert.is((await it.planAndApply(other)).exit, 0, `boundary ${k}`);
    assert.is(it.target.ledger.length, began + 2, `boundary ${k}`);
    checkOnce(it);
    const record = (await it.state())?.recorded.find((each) => each.address === 'sft');
    assert.is(record?.superseded?.length ?? 0, began, 'recorded of the old settings is just what has begun');
    await checkSettled(it, other);
    it.close();
    if (end === 'ended') return;
  }
});

test('two start side by side, one is recorded, the process ends: the other is found again', async () => {
  const it = new Bench(new ModelTarget());
  const both = stackOf({ a: bare, b: bare });
  let dead = false;
  it.target.onCall = async (what) => {
    if (what !== 'start a') return;
    while (!(await it.state())) await new Promise((resolve) => setTimeout(resolve, 1));
    dead = true;
  };
  const desk = it.desk({
    boundary: () => {
      if (dead) throw new Crash();
    },
  });
  const outcome = await it.apply(await it.plan(both), { desk }).catch((caught: unknown) => caught);
  assert.instance(outcome, Crash);
  it.ended.add(desk.me.pid);
  it.target.onCall = () => undefined;
  assert.is(it.target.ledger.length, 2);
  // The program no longer has the old `a`: only the journal knows of it.
  const changed = stackOf({ a: { ...bare, learningRate: 1e-3 }, b: bare });
  assert.is((await it.planAndApply(changed)).exit, 0);
  const record = (await it.state())?.recorded.find((each) => each.address === 'a');
  assert.is(record?.superseded?.length, 1);
  await checkSettled(it, changed);
  it.close();
});

const wanted = [one, other];

type Act =
  | { readonly do: 'apply'; readonly wants: typeof one; readonly crash?: number }
  | { readonly do: 'end'; readonly cause: string }
  | { readonly do: 'blind' | 'see' }
  | { readonly do: 'lose-answers' | 'keep-answers' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('apply' as const), wants: fc.constantFrom(...wanted) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('apply' as const),
      wants: fc.constantFrom(...wanted),
      crash: fc.integer({ min: 1, max: 24 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('end' as const), cause: fc.constantFrom('done', 'killed', 'data') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('blind' as const, 'see' as const, 'lose-answers' as const, 'keep-answers' as const),
    }),
  },
);

async function run(it: Bench, act: Act): Promise<void> {
  const { target } = it;
  const { blind } = target;
  const before = target.ledger.length;
  switch (act.do) {
    case 'blind':
    case 'see':
      target.blind = act.do === 'blind';
      break;
    case 'lose-answers':
    case 'keep-answers':
      target.losesAnswers = act.do === 'lose-answers';
      break;
    case 'end':
      for (const job of wanted.flatMap(jobsOf)) target.change(job, { state: 'ended', cause: act.cause, checkpoint: 3 });
      break;
    case 'apply':
      await applyUntil(it, await it.plan(act.wants), act.crash ?? Number.POSITIVE_INFINITY);
      if (blind) assert.is(target.ledger.length, before, 'something was started on a guess');
  }
}

async function checkHistory(history: readonly Act[]): Promise<void> {
  const it = new Bench(new ModelTarget());
  try {
    let serial = 0;
    for (const act of history) {
      await run(it, act);
      const now = (await it.state())?.serial ?? 0;
      assert.ok(now >= serial);
      serial = now;
      assert.is(new Set(it.target.ledger).size, it.target.ledger.length);
    }
    it.target.blind = false;
    it.target.losesAnswers = false;
    assert.is((await it.planAndApply(other)).exit, 0);
    assert.is(new Set(it.target.ledger).size, it.target.ledger.length);
    await checkSettled(it, other);
    const known = (await it.state())?.recorded.flatMap((record) =>
      [record, ...(record.superseded ?? [])].flatMap((each) => each.attempts.map((attempt) => attempt.token)),
    );
    for (const token of it.target.ledger) assert.ok(known?.includes(token), 'a training was lost from sight');
  } finally {
    it.close();
  }
}

test('an attempt from before its run was forgotten is known again, also where the next start was cut off', async () => {
  const killed = { do: 'end', cause: 'killed' } as const;
  for (let crash = 1; crash <= 24; crash++)
    await checkHistory([
      { do: 'apply', wants: other },
      { do: 'apply', wants: one },
      killed,
      { do: 'apply', wants: other, crash },
      { do: 'apply', wants: one, crash: 1 },
    ]);
});

test('random histories: at most one start a token, serials grow by one, nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 8 }), (history) => checkHistory(history)),
    { numRuns: 100 },
  );
});

test.run();
