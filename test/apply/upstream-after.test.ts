/** A run that begins with another one's result, afterwards: removed, renamed, destroyed, recorded. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { destroy } from '../../lib/apply/destroy.ts';
import { restingOn } from '../../lib/apply/lies-on.ts';
import { full } from '../../lib/index.ts';
import type { Manifest } from '../../lib/manifest.ts';
import type { Found } from '../../lib/state/attempt.ts';
import { recordAt } from '../../lib/state/record.ts';
import { chainManifest, jobAt } from '../support/chain.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';

const two = chainManifest();
const done = { state: 'ended', cause: 'done', step: 9 } as const;
const bench = () => new Bench(new ModelTarget('demo'));

/** What becomes of the first run when somebody waits for it. */
function whenAwaited(it: Bench, becomes: Partial<Found>): void {
  it.target.onCall = (what) => {
    if (what === 'follow first') it.target.change(jobAt(two, 'first'), becomes);
  };
}

test('both constructs removed: what lives is stopped, in any order, and nothing waits', async () => {
  const it = bench();
  whenAwaited(it, done);
  await it.planAndApply(two);
  const none: Manifest = { ...two, resources: [] };
  const plan = await it.plan(none);
  assert.equal(verbs(plan), { first: 'forget', second: 'stop' });
  assert.is((await it.apply(plan)).exit, 0);
  assert.equal((await it.state())?.recorded, []);
  it.close();
});

test('a first run that was renamed since: its result is where it was', async () => {
  const it = bench();
  whenAwaited(it, { state: 'ended', cause: 'cancelled' });
  await it.planAndApply(two);
  it.target.onCall = () => undefined;
  it.target.change(jobAt(two, 'first'), done);
  const renamed: Manifest = { ...chainManifest({ name: 'stage-one' }), moved: [{ from: 'first', to: 'stage-one' }] };
  const plan = await it.plan(renamed);
  const { identity } = jobAt(two, 'first');
  assert.equal(jobAt(plan.manifest, 'second').begins, { address: 'stage-one', identity, born: 'first' });
  const { 'stage-one': first, second } = verbs(plan);
  assert.equal([first, second], ['rename', 'create']);
  assert.is((await it.apply(plan)).exit, 0);
  const record = recordAt((await it.state())?.recorded ?? [], 'second');
  assert.equal(record?.resource.begins, { address: 'stage-one', identity, born: 'first' });
  it.close();
});

test('destroy takes the second before the first, and knows whose adapter lies on a result', async () => {
  const whole = chainManifest({ first: { method: full() } });
  const it = bench();
  it.target.onCall = (what) => {
    if (what === 'follow first') it.target.change(jobAt(whole, 'first'), done);
  };
  await it.planAndApply(whole);
  const records = (await it.state())?.recorded ?? [];
  assert.equal(restingOn('first', records), ['second']);
  assert.equal(restingOn('second', records), []);
  const { signal } = new AbortController();
  const emit = () => undefined;
  const gone = await destroy({ stack: 'demo', target: it.target, desk: it.desk(), signal, emit, results: ['first'] });
  assert.is(gone.exit, 0);
  assert.equal(
    it.target.removed.map((each) => each.replace(/@\w+/, '')),
    ['second', 'first with results'],
  );
  it.close();

  const other = bench();
  whenAwaited(other, done);
  await other.planAndApply(two);
  assert.equal(
    restingOn('first', (await other.state())?.recorded ?? []),
    [],
    'an adapter that was trained on is whole',
  );
  other.close();
});

test('the record of the second keeps the place of the result that it began with', async () => {
  const it = bench();
  whenAwaited(it, done);
  await it.planAndApply(two);
  const record = recordAt((await it.state())?.recorded ?? [], 'second');
  const { identity } = jobAt(two, 'first');
  assert.equal(record?.resource.settings.model, { ...(jobAt(two, 'second').settings.model as object), identity });
  it.close();
});

test.run();
