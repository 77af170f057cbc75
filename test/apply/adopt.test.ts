/** Runs that were started by hand: noticed, recorded, taken over from elsewhere, and never started beside. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adopt } from '../../lib/apply/adopt.ts';
import type { Desk } from '../../lib/apply/session.ts';
import { UserError } from '../../lib/errors.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { jobsOf, runKey } from '../../lib/plan/match.ts';
import type { Found } from '../../lib/state/attempt.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';

class Crash extends Error {}

const bare = { model: { source: 'path', path: '/models/m' }, maxSteps: 10 };
const one = stackOf({ sft: bare });
const changed = stackOf({ sft: { ...bare, learningRate: 1e-3 } });
const jobOf = (manifest: Manifest) => jobsOf(manifest)[0] as Job;
const job = jobOf(one);

const byHand = (n: number, more: Partial<Found> = {}): Found => ({
  n,
  token: `${n}`.repeat(64),
  handle: `hand-${n}`,
  state: 'running',
  checkpoint: 0,
  step: 1,
  byHand: true,
  ...more,
});

const adoptIn = (it: Bench, more: { from?: string; desk?: Desk; manifest?: Manifest } = {}) =>
  adopt({
    manifest: one,
    run: 'sft',
    target: it.target,
    desk: it.desk(),
    signal: new AbortController().signal,
    ...more,
  });

async function inBench(act: (it: Bench) => Promise<void>) {
  const it = new Bench(new ModelTarget());
  try {
    await act(it);
  } finally {
    it.close();
  }
}

const attempts = async (it: Bench) =>
  (await it.state())?.recorded.flatMap((record) => record.attempts.map(({ n, handle, end }) => [n, handle, end]));

test('not recorded: the plan says so as benign drift, and apply records it and starts nothing', () =>
  inBench(async (it) => {
    it.target.runs.set(runKey(job), [byHand(1)]);
    const plan = await it.plan(one);
    assert.equal(verbs(plan), { sft: 'adopt' });
    assert.equal(plan.drift, [
      {
        address: 'sft',
        kind: 'benign',
        what: 'by-hand',
        message: 'attempt 1 was started by hand',
        remedy: 'recorded',
      },
    ]);
    assert.equal(
      plan.findings.map(({ id, severity }) => [id, severity]),
      [['drift/by-hand', 'note']],
    );
    assert.is((await it.apply(plan)).exit, 0);
    assert.equal([it.target.ledger, await attempts(it)], [[], [[1, 'hand-1', undefined]]]);
    const after = await it.plan(one);
    assert.equal([verbs(after), after.drift, after.findings], [{}, undefined, []]);
  }));

test('a further attempt of a recorded run, with no change, a cosmetic one, and after a failure', async () => {
  const cosmetic = stackOf({ sft: { ...bare, tags: { why: 'looks' } } });
  for (const [wanted, verb] of [
    [one, 'refresh'],
    [cosmetic, 'update'],
  ] as const)
    await inBench(async (it) => {
      await it.planAndApply(one);
      it.target.change(job, { state: 'ended', cause: 'user-code' });
      const [first] = it.target.runs.get(runKey(job)) ?? [];
      it.target.runs.set(runKey(job), [...(first ? [first] : []), byHand(2)]);
      const plan = await it.plan(wanted);
      assert.is(verbs(plan).sft, verb);
      assert.equal(
        plan.drift?.map(({ kind, what }) => [kind, what]),
        [
          ['benign', 'by-hand'],
          ['progress', 'ended'],
        ],
      );
      assert.is((await it.apply(plan)).exit, 0);
      assert.is(it.target.ledger.length, 1);
      assert.equal(await attempts(it), [
        [1, 'sft/1', 'user-code'],
        [2, 'hand-2', undefined],
      ]);
      assert.equal(verbs(await it.plan(wanted)), {});
    });
});

test('started by hand between plan and apply: it is taken over', () =>
  inBench(async (it) => {
    const plan = await it.plan(one);
    assert.is(verbs(plan).sft, 'create');
    it.target.runs.set(runKey(job), [byHand(1)]);
    assert.is((await it.apply(plan)).exit, 0);
    assert.equal([it.target.ledger, await attempts(it)], [[], [[1, 'hand-1', undefined]]]);
  }));

test('adopt without a folder records what is in the run’s own; the second time there is nothing to record', () =>
  inBench(async (it) => {
    const none = await adoptIn(it).catch((caught: unknown) => caught);
    assert.ok(none instanceof UserError && none.findings[0]?.id === 'adopt/nothing');
    it.target.runs.set(runKey(job), [byHand(1, { state: 'ended', cause: 'user-code' }), byHand(2)]);
    const { outcome, exit } = await adoptIn(it);
    assert.equal([outcome, exit], ['adopted', 0]);
    assert.equal(await attempts(it), [
      [1, 'hand-1', 'user-code'],
      [2, 'hand-2', undefined],
    ]);
    const { serial } = (await it.state()) ?? {};
    assert.is((await adoptIn(it)).outcome, 'known');
    assert.is((await it.state())?.serial, serial);
    it.target.blind = true;
    assert.equal([(await adoptIn(it)).exit, it.target.ledger], [6, []]);
  }));

test('a protected run is not superseded by what was trained with other settings', () =>
  inBench(async (it) => {
    const kept = stackOf({ sft: { ...bare, protect: true } });
    await it.planAndApply(kept);
    it.target.runs.set(runKey(jobOf(changed)), [byHand(1)]);
    const refused = await adoptIn(it, { manifest: changed }).catch((caught: unknown) => caught);
    assert.ok(refused instanceof UserError && refused.findings[0]?.id === 'plan/protected');
    assert.is((await it.state())?.serial, 1);
  }));

test('from another folder, ended at each boundary: never a start, never two records, and the next command knows it', async () => {
  for (let k = 1; ; k++) {
    let [boundaries, dead] = [0, false];
    const step = () => {
      boundaries += 1;
      if (!dead && boundaries < k) return;
      dead = true;
      throw new Crash();
    };
    await inBench(async (it) => {
      it.target.elsewhere.set('/export/sft', [byHand(1)]);
      const desk = it.desk({ boundary: step });
      it.target.onCall = step;
      await adoptIn(it, { from: '/export/sft', desk }).catch((caught: unknown) => {
        if (!dead) throw caught;
      });
      it.target.onCall = () => undefined;
      it.ended.add(desk.me.pid);
      const linked = it.target.runs.has(runKey(job));
      // A crash before it was taken over leaves nothing; after that, every plan sees it, and no start is planned.
      const planned = verbs(await it.plan(one)).sft;
      const isRecorded = (await it.state()) !== undefined;
      if (dead) assert.is(planned, isRecorded ? undefined : linked ? 'adopt' : 'create', `boundary ${k}`);
      if (k % 2 === 0 || !linked) assert.is((await adoptIn(it, { from: '/export/sft' })).exit, 0);
      assert.is((await it.planAndApply(one)).exit, 0);
      assert.equal([it.target.ledger, await attempts(it)], [[], [[1, 'hand-1', undefined]]], `boundary ${k}`);
      assert.equal(verbs(await it.plan(one)), {});
    });
    if (!dead) {
      assert.ok(k > 8, `only ${k} boundaries were met`);
      return;
    }
  }
});

test('a folder that is not this run’s is refused, and nothing is written', () =>
  inBench(async (it) => {
    const refused = await adoptIn(it, { from: '/nowhere' }).catch((caught: unknown) => caught);
    assert.ok(refused instanceof UserError && refused.findings[0]?.id === 'adopt/nothing');
    assert.equal([await it.state(), it.target.runs.size], [undefined, 0]);
  }));

test.run();
