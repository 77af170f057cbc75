/** Renamed runs: the record changes its address, the run on the target stays what it is. */
import { rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel } from '../../lib/apply/cancel.ts';
import { tokenOf } from '../../lib/base/token.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { jobsOf } from '../../lib/plan/match.ts';
import type { Plan } from '../../lib/plan/step.ts';
import { planText } from '../../lib/report/plan-text.ts';
import { recordAt } from '../../lib/state/record.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';

class Crash extends Error {}

const bare = { model: { source: 'path', path: '/models/m' }, maxSteps: 10 };
const before = stackOf({ sft: bare });
const [old] = jobsOf(before) as [Job];
const after: Manifest = { ...stackOf({ base: bare }), moved: [{ from: 'sft', to: 'base' }] };
const [now] = jobsOf(after) as [Job];

const runsOnly = (plan: Plan) =>
  Object.fromEntries(
    plan.steps
      .filter(({ life, verb }) => life === 'job' && verb !== 'none')
      .map(({ address, verb }) => [address, verb]),
  );
const ids = (plan: Plan) => plan.findings.map(({ id }) => id);

async function started(manifest = before): Promise<Bench> {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(manifest)).exit, 0);
  return it;
}

test('a rename alone: the record, and nothing else', async () => {
  const it = await started();
  const plan = await it.plan(after);
  assert.equal(verbs(plan), { base: 'rename' });
  assert.equal(ids(plan), []);
  assert.match(planText(plan), /^ {2}~ run +base +in place: renamed from sft: it is running$/m);
  assert.is((await it.apply(plan)).exit, 0);
  const state = await it.state();
  assert.is(state?.serial, 2);
  assert.equal(
    state?.recorded.map(({ address, resource }) => [address, resource.address, resource.born]),
    [['base', 'base', 'sft']],
  );
  assert.is(it.target.ledger.length, 1);
  assert.equal(verbs(await it.plan(after)), {}, 'the line does nothing more');
  assert.equal(verbs(await it.plan(stackOf({ base: bare }))), {}, 'and is not needed while the state is there');
  assert.is((await it.apply(plan)).exit, 0, 'the same plan again');
  assert.is((await it.state())?.serial, 2);
  it.close();
});

test('the live job is found, stopped and resumed under the new name, with the tokens of its birth', async () => {
  const it = await started();
  await it.planAndApply(after);
  const { signal } = new AbortController();
  const words = { stack: 'example', target: it.target, desk: it.desk(), signal };
  assert.is((await cancel({ ...words, run: 'base', save: true })).outcome, 'cancelled');
  const plan = await it.plan(after, { asked: { base: 'resume' } });
  assert.equal(runsOnly(plan), { base: 'attempt' });
  assert.is((await it.apply(plan)).exit, 0);
  assert.equal(
    it.target.ledger,
    [1, 2].map((n) => tokenOf('/model', 'example', old, n)),
  );
  const attempts = recordAt((await it.state())?.recorded ?? [], 'base')?.attempts.map(({ n }) => n);
  assert.equal(attempts, [1, 2]);
  it.close();
});

test('with a change of learning: a new run of its own birth, the old one kept beside it', async () => {
  const it = await started();
  const changed = { ...stackOf({ base: { ...bare, learningRate: 1e-3 } }), moved: after.moved ?? [] };
  const plan = await it.plan(changed);
  assert.equal(runsOnly(plan), { base: 'new-run' });
  assert.is((await it.apply(plan)).exit, 0);
  const record = recordAt((await it.state())?.recorded ?? [], 'base');
  assert.is(record?.resource.born, undefined);
  assert.is(record?.superseded?.[0]?.resource.born, 'sft');
  const back = await it.plan(after);
  assert.equal(runsOnly(back), { base: 'adopt' }, 'the old settings are the old run again');
  it.close();
});

test('ended at each boundary, whatever is renamed and started: no second start, one record', async () => {
  const more: Manifest = { ...stackOf({ base: bare, second: bare }), moved: after.moved ?? [] };
  for (let k = 1; ; k++) {
    const it = await started();
    let boundaries = 0;
    const step = () => {
      boundaries += 1;
      if (boundaries >= k) throw new Crash();
    };
    const desk = it.desk({ boundary: step });
    it.target.onCall = step;
    let crashed = false;
    await it.apply(await it.plan(more), { desk, parallelism: 1 }).catch((caught) => {
      crashed = caught instanceof Crash;
    });
    it.target.onCall = () => undefined;
    it.ended.add(desk.me.pid);
    assert.is((await it.planAndApply(more)).exit, 0, `boundary ${k}`);
    assert.is(new Set(it.target.ledger).size, 2);
    assert.is(it.target.ledger.length, 2, `boundary ${k}`);
    assert.equal(
      (await it.state())?.recorded.map(({ address }) => address),
      ['base', 'second'],
    );
    assert.equal(verbs(await it.plan(more)), {});
    it.close();
    if (!crashed && boundaries < k) break;
  }
});

test('a start under the old name that a crash left open is found under the new one', async () => {
  const it = new Bench(new ModelTarget());
  it.target.losesAnswers = true;
  it.target.onCall = (what) => {
    if (what.startsWith('start')) it.target.blind = true;
  };
  assert.is((await it.planAndApply(before)).exit, 6);
  Object.assign(it.target, { losesAnswers: false, blind: false, onCall: () => undefined });
  const plan = await it.plan(after);
  assert.equal(runsOnly(plan), { base: 'rename' });
  assert.is((await it.apply(plan)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  assert.equal(
    (await it.state())?.recorded.map(({ address, attempts }) => [address, attempts.length]),
    [['base', 1]],
  );
  assert.equal(verbs(await it.plan(after)), {});
  it.close();
});

test('a lost state finds the job by the line, under each name of a chain', async () => {
  const it = await started();
  const chain: Manifest = {
    ...stackOf({ 'all/base': bare }),
    moved: [
      { from: 'sft', to: 'base' },
      { from: 'base', to: 'all/base' },
    ],
  };
  rmSync(it.folder, { recursive: true });
  const plan = await it.plan(chain);
  assert.equal(runsOnly(plan), { 'all/base': 'adopt' });
  assert.is((await it.apply(plan)).exit, 0);
  assert.is(it.target.ledger.length, 1);
  assert.equal(
    (await it.state())?.recorded.map(({ address, resource }) => [address, resource.born]),
    [['all/base', 'sft']],
  );
  rmSync(it.folder, { recursive: true });
  it.target.blind = true;
  assert.equal(runsOnly(await it.plan(chain)), {}, 'a target that does not tell is not taken for empty');
  it.close();
});

test('a folder with all that is in it', async () => {
  const it = await started(stackOf({ 'old/a': bare, 'old/b': bare }));
  const plan = await it.plan({ ...stackOf({ 'new/a': bare, 'new/b': bare }), moved: [{ from: 'old', to: 'new' }] });
  assert.equal(runsOnly(plan), { 'new/a': 'rename', 'new/b': 'rename' });
  const left = await it.plan({ ...stackOf({ 'new/a': bare }), moved: [{ from: 'old', to: 'new' }] });
  assert.equal(runsOnly(left), { 'new/a': 'rename', 'old/b': 'stop' }, 'what is no longer there is removed');
  it.close();
});

test('both recorded, or a new run that would be the renamed one: an error, and nothing is done', async () => {
  const it = await started();
  await it.planAndApply(stackOf({ sft: bare, base: bare }));
  const both = await it.plan(after);
  assert.equal(ids(both), ['moved/both-recorded']);
  it.close();
  const other = await started();
  await other.planAndApply(after);
  const same = await other.plan(stackOf({ base: bare, sft: bare }));
  assert.ok(ids(same).includes('moved/same-run'));
  const differs = await other.plan(stackOf({ base: bare, sft: { ...bare, seed: 7 } }));
  assert.not(ids(differs).includes('moved/same-run'));
  other.close();
});

test('what looks like a rename is told with the line to write', async () => {
  const it = await started(stackOf({ sft: bare, other: { ...bare, seed: 1 } }));
  const hint = (manifest: Manifest) =>
    it.plan(manifest).then(({ findings }) => findings.filter(({ id }) => id === 'plan/looks-renamed'));
  const [same, ...more] = await hint(stackOf({ base: bare, other: { ...bare, seed: 1 } }));
  assert.is(more.length, 0);
  assert.match(same?.message ?? '', /^sft is removed and base is added, with the same settings/);
  assert.match(same?.fix ?? '', "stack.moved({ from: 'sft', to: 'base' })");
  const [near] = await hint(stackOf({ base: { ...bare, learningRate: 1e-3 }, other: { ...bare, seed: 1 } }));
  assert.match(near?.message ?? '', 'with all but one of the same settings');
  const far = { ...bare, learningRate: 1e-3, schedule: 'linear', weightDecay: 0.1, seed: 9 };
  assert.equal(await hint(stackOf({ base: far, other: { ...bare, seed: 1 } })), []);
  assert.equal(await hint(after), [], 'a declared one needs no hint');
  it.close();
});

test('the job of the new name has another token only where it is another run', () => {
  assert.is.not(tokenOf('/model', 'example', now, 1), tokenOf('/model', 'example', old, 1));
  assert.is(tokenOf('/model', 'example', { ...now, born: 'sft' }, 1), tokenOf('/model', 'example', old, 1));
});

test.run();
