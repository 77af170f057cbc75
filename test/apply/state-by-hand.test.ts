/** Records renamed by hand, and states put back. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { forget } from '../../lib/apply/forget.ts';
import { load } from '../../lib/apply/load.ts';
import { pushState } from '../../lib/apply/push.ts';
import { renameRecords } from '../../lib/apply/rename.ts';
import type { UserError } from '../../lib/errors.ts';
import type { State } from '../../lib/state/state.ts';
import { FileStore } from '../../lib/state/store.ts';
import { Bench, verbs } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';

const bare = { model: { source: 'path', path: '/models/m' }, maxSteps: 10 };

async function started(manifest = stackOf({ sft: bare })): Promise<Bench> {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(manifest)).exit, 0);
  return it;
}

const words = (it: Bench) => ({ target: it.target, desk: it.desk(), signal: new AbortController().signal });
const move = (it: Bench, from: string, to: string) => renameRecords({ stack: 'example', from, to, ...words(it) });
const push = (it: Bench, pushed: State, force = false) => pushState({ pushed, force, ...words(it) });
const addresses = async (it: Bench) => (await it.state())?.recorded.map(({ address }) => address);

async function refused(acting: Promise<unknown>, id: string): Promise<void> {
  try {
    await acting;
  } catch (caught) {
    assert.is((caught as UserError).findings[0]?.id, id);
    return;
  }
  assert.unreachable(id);
}

test('mv: a run and a folder, one serial each; the program of the new name has nothing to do', async () => {
  const it = await started();
  assert.equal(await move(it, 'sft', 'all/base'), [{ from: 'sft', to: 'all/base' }]);
  assert.is((await it.state())?.serial, 2);
  assert.equal(verbs(await it.plan(stackOf({ 'all/base': bare }))), {});
  assert.equal(await move(it, 'all', 'every'), [{ from: 'all/base', to: 'every/base' }]);
  assert.is((await it.state())?.serial, 3);
  assert.is((await it.state())?.recorded[0]?.resource.born, 'sft');
  it.close();
});

test('mv: not what is not recorded, nor onto what is', async () => {
  const it = await started(stackOf({ a: bare, b: bare }));
  const serial = (await it.state())?.serial;
  await refused(move(it, 'c', 'd'), 'run/unknown');
  await refused(move(it, 'a', 'b'), 'state/taken');
  await refused(move(it, 'a', 'a'), 'state/taken');
  assert.equal(await addresses(it), ['a', 'b']);
  assert.is((await it.state())?.serial, serial);
  it.close();
});

test('rm: not a protected run, as long as that is what was applied', async () => {
  const it = await started(stackOf({ sft: { ...bare, protect: true }, other: bare }));
  const rm = (address: string) => forget({ stack: 'example', address, ...words(it) });
  await refused(rm('sft'), 'state/protected');
  assert.equal(await addresses(it), ['other', 'sft']);
  await rm('other');
  assert.is((await it.planAndApply(stackOf({ sft: { ...bare, protect: false } }))).exit, 0);
  await rm('sft');
  assert.equal(await addresses(it), []);
  it.close();
});

test('push: an older state only by force, and the one of now stays as a file', async () => {
  const it = await started();
  const old = (await it.state()) as State;
  await move(it, 'sft', 'base');
  await refused(push(it, old), 'state/older');
  await refused(push(it, { ...old, serial: 2 }), 'state/older');
  assert.equal(await addresses(it), ['base']);
  assert.is(await push(it, old, true), 3);
  assert.equal(await addresses(it), ['sft']);
  assert.equal(new FileStore(it.folder).serials(), [3, 2, 1]);
  assert.is(await push(it, old), undefined, 'it is what is recorded');
  it.close();
});

test('push: a newer one of the same history; where there is none, with its lineage and a serial behind it', async () => {
  const it = await started();
  const one = (await it.state()) as State;
  await move(it, 'sft', 'base');
  const two = (await it.state()) as State;
  const other = new Bench(it.target);
  assert.is(await push(other, { ...one, serial: 7 }), 8);
  assert.is((await other.state())?.lineage, one.lineage);
  assert.is(await push(other, { ...two, serial: 9 }), 10);
  assert.equal(await addresses(other), ['base']);
  assert.equal(verbs(await other.plan(stackOf({ base: bare }))), {}, 'the job is found');
  it.close();
  other.close();
});

test('push: another history is refused, by force too', async () => {
  const it = await started();
  const theirs = { ...((await it.state()) as State), lineage: 'another', serial: 99, recorded: [] };
  await refused(push(it, theirs), 'state/other-lineage');
  await refused(push(it, theirs, true), 'state/other-lineage');
  assert.is((await it.state())?.serial, 1);
  it.close();
});

test('rm of a run that only the journal knows of is not undone by it', async () => {
  const it = new Bench(new ModelTarget());
  const plan = await it.plan(stackOf({ sft: bare }));
  const desk = it.desk();
  let lines = 0;
  const boundary = () => {
    // Behind the end of the start, before the first state.
    if (it.target.ledger.length > 0 && ++lines === 2) throw new Error('it died');
  };
  await it.apply(plan, { desk: { ...desk, boundary }, parallelism: 1 }).then(
    () => assert.unreachable('it did not die'),
    () => undefined,
  );
  it.ended.add(desk.me.pid);
  assert.is(await it.state(), undefined);
  await forget({ stack: 'example', address: 'sft', ...words(it) });
  assert.equal((await it.state())?.recorded, []);
  assert.equal(verbs(await it.plan(stackOf({}))), {}, 'nothing is recorded any more');
  it.close();
});

test('rm is not undone by the journal where another start is still unknown', async () => {
  const it = new Bench(new ModelTarget());
  const plan = await it.plan(stackOf({ more: bare, sft: bare }));
  const find = it.target.find.bind(it.target);
  it.target.find = async (jobs) => {
    const found = await find(jobs);
    const isBlind = it.target.ledger.length > 0;
    return new Map([...found].map(([address, one]) => [address, isBlind && address === 'more' ? 'unknown' : one]));
  };
  it.target.onCall = (what) => {
    it.target.losesAnswers = what === 'start more';
  };
  assert.is((await it.apply(plan, { parallelism: 1 })).exit, 6);
  assert.equal(
    (await it.state())?.recorded.map(({ address }) => address),
    ['sft'],
  );
  await forget({ stack: 'example', address: 'sft', ...words(it) });
  const { recovered } = await load(it.folder, it.target);
  assert.equal(recovered.recorded, []);
  assert.equal(
    recovered.unknown.map(({ address }) => address),
    ['more'],
  );
  it.target.find = find;
  assert.is((await it.planAndApply(stackOf({ more: bare, sft: bare }))).exit, 0);
  assert.is(it.target.ledger.length, 2);
  it.close();
});

test.run();
