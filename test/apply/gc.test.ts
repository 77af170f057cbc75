/** Which things of a workspace nothing refers to; and gc on a target in memory. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collect, findUnused } from '../../lib/apply/gc.ts';
import { type References, referencesOf, referencesOfRuns } from '../../lib/apply/references.ts';
import { graceSeconds, survey, type Wanted } from '../../lib/apply/unused.ts';
import { hashOf, sha256, short } from '../../lib/base/hash.ts';
import type { UserError } from '../../lib/errors.ts';
import { acquire, breakLock, readLock } from '../../lib/state/lock.ts';
import type { Inventory, Stored, Uses, Using } from '../../lib/targets/stored.ts';
import { Bench } from '../support/desk.ts';
import { ModelTarget } from '../support/model-target.ts';
import { stackOf } from '../support/stacks.ts';

const now = 1_000_000;
const old = now - 100_000;
const key = (name: string) => short(sha256(name));
const wheel = sha256('wheel');
const nothing: Wanted = {
  environments: new Set(),
  bundles: new Set(),
  data: new Set(),
  weights: new Set(),
  sources: new Set(),
  trainer: wheel,
};
const bundleName = (bundle: string) => short(hashOf([bundle, wheel]));
const link = `${key('e')}-py3.12`;
const buildOf = (nonce: string) => `${link}.${nonce}-00000000`;
const source = `${sha256('rows')}/rows.json`;

const thing = (kind: Stored['kind'], path: string, more: Partial<Stored> = {}): Stored => ({
  kind,
  path,
  bytes: 10,
  touched: old,
  ...more,
});

/** One of each, all old, that belong together. */
const whole: readonly Stored[] = [
  thing('environment', `environments/${link}`, { build: `environments/${buildOf('b')}` }),
  thing('environment', `environments/${buildOf('a')}`, { maker: 'gone' }),
  thing('bundle', `bundles/${bundleName(sha256('bundle'))}`, { trainer: wheel }),
  thing('data', `data/${key('d')}`),
  thing('weights', `weights/${key('w')}`),
  thing('tokens', `tokens/${key('t')}`),
  thing('tokenizer', `tokenizers/${key('z')}`),
  thing('source', `sources/${source}`),
  thing('trainer', `trainer/${key('another wheel')}`),
];

const uses: Uses = {
  bundle: bundleName(sha256('bundle')),
  environment: buildOf('b'),
  data: [key('d')],
  weights: [key('w')],
  sources: [source],
  tokens: [key('t')],
  tokenizers: [key('z')],
};
const attempt = (more: Partial<Using> = {}): Using => ({
  attempt: 'runs/r--1/attempts/1',
  lives: false,
  uses,
  ...more,
});

const unusedOf = (inventory: Inventory, wanted: Wanted = nothing) =>
  survey(inventory, wanted, now).unused.map(({ path }) => path);
const paths = (things: readonly Stored[]) => things.map(({ path }) => path);
const places = (unused: readonly string[]) => unused.map((path) => path.split('/')[0]);

test('what no run and no state names is unused, each with its reason', () => {
  const { unused, silent, making } = survey({ stored: whole, using: [] }, nothing, now);
  assert.equal(paths(unused), paths(whole));
  assert.ok(unused.every(({ reason }) => reason.length > 10));
  assert.equal([silent, making], [[], false]);
});

test('a run folder keeps all that its newest attempt names, also of another project, and dead as it is', () => {
  assert.equal(unusedOf({ stored: whole, using: [attempt()] }), [
    `environments/${buildOf('a')}`,
    `trainer/${key('another wheel')}`,
  ]);
});

test('a live attempt keeps the very build that it began with; a dead one the name', () => {
  const using = attempt({ lives: true, uses: { ...uses, environment: buildOf('a') } });
  assert.equal(places(unusedOf({ stored: whole, using: [using] })), ['trainer']);
});

test('a state keeps what it names', () => {
  const wanted: Wanted = {
    environments: new Set([key('e')]),
    bundles: new Set([sha256('bundle')]),
    data: new Set([key('d')]),
    weights: new Set([key('w')]),
    sources: new Set([source]),
    trainer: sha256('another wheel'),
  };
  // Tokens and tokenizers only its run's folder names.
  const left = [`environments/${buildOf('a')}`, `tokens/${key('t')}`, `tokenizers/${key('z')}`];
  assert.equal(unusedOf({ stored: whole, using: [] }, wanted), left);
});

test('a bundle whose trainer cannot be told is kept', () => {
  const stored = [thing('bundle', `bundles/${key('x')}`)];
  assert.equal(unusedOf({ stored, using: [] }), []);
});

test('an hour of grace, also for what a clock ahead has written', () => {
  for (const touched of [now - graceSeconds + 1, now, now + 5000]) {
    const young = whole.map((each) => ({ ...each, touched }));
    assert.equal(unusedOf({ stored: young, using: [] }), []);
  }
});

test('half-made things: of a dead builder at once, of a living one never, of another host after a day', () => {
  const half = (maker: Stored['maker'], age: number) =>
    thing('unfinished', `data/${key('d')}.host.1.00000000`, { touched: now - age, ...(maker ? { maker } : {}) });
  const isUnused = (maker: Stored['maker'], age: number) =>
    unusedOf({ stored: [half(maker, age)], using: [] }).length > 0;
  assert.equal([isUnused('gone', 1), isUnused('lives', 1e6)], [true, false]);
  assert.equal([isUnused('unknown', 80_000), isUnused('unknown', 90_000)], [false, true]);
  assert.equal([isUnused(undefined, 60), isUnused(undefined, 4000)], [false, true]);
});

test('while something is being made, and where an attempt does not say what it needs, all that is whole stays', () => {
  const maker = thing('unfinished', `weights/${key('n')}.host.1.00000000`, { maker: 'lives' });
  const trash = thing('trash', 'trash/x', { maker: 'gone', touched: now });
  const making = survey({ stored: [...whole, maker, trash], using: [] }, nothing, now);
  assert.equal([paths(making.unused), making.making], [['trash/x'], true]);
  const silent = survey({ stored: [...whole, trash], using: [{ attempt: 'runs/x', lives: false }] }, nothing, now);
  assert.equal([paths(silent.unused), silent.silent], [['trash/x'], ['runs/x']]);
});

/** Any inventory over a few names, and any references. */
const names = ['d', 'w', 'x', 'y'];
const anyUsing = fc.record({
  attempt: fc.constant('runs/r--1/attempts/1'),
  lives: fc.boolean(),
  uses: fc.record({
    bundle: fc.constantFrom(...names.map((name) => bundleName(sha256(name)))),
    environment: fc.constantFrom(...names.map((name) => `${key(name)}-py3.12.a-00000000`)),
    data: fc.subarray(names.map(key)),
    weights: fc.subarray(names.map(key)),
    sources: fc.subarray(names.map((name) => `${sha256(name)}/f`)),
    tokens: fc.subarray(names.map(key)),
    tokenizers: fc.subarray(names.map(key)),
  }),
});
const anyStored = fc
  .record({
    kind: fc.constantFrom<Stored['kind']>('environment', 'bundle', 'data', 'weights', 'tokens', 'tokenizer', 'source'),
    name: fc.constantFrom(...names),
    touched: fc.integer({ min: now - 20_000, max: now + 100 }),
  })
  .map(({ kind, name, touched }) => {
    const path = {
      environment: `environments/${key(name)}-py3.12`,
      bundle: `bundles/${bundleName(sha256(name))}`,
      source: `sources/${sha256(name)}/f`,
    }[kind as string];
    return thing(kind, path ?? `${kind}/${key(name)}`, { touched, trainer: wheel });
  });

function isNamed({ kind, path }: Stored, { uses: named }: { uses: Uses }): boolean {
  const [, name = '', file = ''] = path.split('/');
  if (kind === 'environment') return named.environment.startsWith(name);
  if (kind === 'bundle') return named.bundle === name;
  if (kind === 'source') return named.sources.includes(`${name}/${file}`);
  if (kind === 'tokenizer') return named.tokenizers.includes(name);
  return kind === 'data' || kind === 'weights' || kind === 'tokens' ? named[kind].includes(name) : false;
}

test('whatever is there: nothing that an attempt names goes, nothing young goes, and more references keep more', () => {
  fc.assert(
    fc.property(fc.array(anyStored), fc.array(anyUsing), anyUsing, (stored, using, one) => {
      const { unused } = survey({ stored, using }, nothing, now);
      for (const gone of unused) {
        assert.not.ok(using.some((each) => isNamed(gone, each)));
        assert.ok(now - gone.touched >= graceSeconds);
      }
      const more = new Set(unusedOf({ stored, using: [...using, one] }));
      const before = new Set(paths(unused));
      assert.ok([...more].every((path) => before.has(path)));
    }),
    { numRuns: 500 },
  );
});

/** An inventory in which each artifact of a stack is there, old, and named by no run folder. */
function artifactsAsStored(references: References): Stored[] {
  return [
    ...[...references.environments].map((name) => thing('environment', `environments/${name}-py3.12`)),
    ...[...references.bundles].map((name) => thing('bundle', `bundles/${bundleName(name)}`, { trainer: wheel })),
    ...[...references.data].map((name) => thing('data', `data/${name}`)),
    ...[...references.weights].map((name) => thing('weights', `weights/${name}`)),
  ].map((each) => ({ ...each, touched: 0 }));
}

async function applied(): Promise<{ it: Bench; stored: Stored[] }> {
  const it = new Bench(new ModelTarget());
  assert.is((await it.planAndApply(stackOf({ sft: { maxSteps: 10 } }))).exit, 0);
  return { it, stored: artifactsAsStored(await referencesOf(it.states)) };
}

const inputOf = (it: Bench, more = {}) => ({ target: it.target, desk: it.desk(more), trainer: wheel });
const { signal } = new AbortController();

test('what an apply recorded is kept; after the record is gone it is removed, and only what was shown', async () => {
  const { it, stored } = await applied();
  assert.ok(stored.length >= 3);
  const extra = thing('data', `data/${key('extra')}`, { touched: 0 });
  it.target.inventoried = { stored: [...stored, extra], using: [] };
  const { unused } = await findUnused(inputOf(it));
  assert.equal(paths(unused), [extra.path]);
  const another = thing('data', `data/${key('another')}`, { touched: 0 });
  it.target.inventoried = { stored: [...stored, extra, another], using: [] };
  const result = await collect({ ...inputOf(it), shown: new Set(paths(unused)), signal });
  assert.equal(result, { exit: 0, discarded: [{ path: extra.path, outcome: 'removed' }] });
  assert.ok(paths(it.target.inventoried.stored).includes(another.path), 'what was not shown stays');
  assert.equal((await collect({ ...inputOf(it), shown: new Set(paths(unused)), signal })).discarded, []);
  it.close();
});

test('what came to be referenced between the list and the yes stays', async () => {
  const { it, stored } = await applied();
  it.target.inventoried = { stored, using: [] };
  const shown = new Set(paths(stored));
  assert.equal((await collect({ ...inputOf(it), shown, signal })).discarded, []);
  it.close();
});

test('the crash of an apply between begin and end of a start keeps what that start needs', async () => {
  const it = new Bench(new ModelTarget());
  class Killed extends Error {}
  const boundary = () => {
    if (it.target.ledger.length > 0) throw new Killed();
  };
  const plan = await it.plan(stackOf({ sft: { maxSteps: 10 } }));
  await it.apply(plan, { desk: it.desk({ boundary }) }).catch(() => undefined);
  assert.is(it.target.ledger.length, 1);
  const { bundles, environments } = await referencesOf(it.states);
  assert.equal([bundles.size, environments.size], [1, 1]);
  it.close();
});

test('it holds the locks of all stacks: exit 4 where an apply holds one, and nothing is removed', async () => {
  const { it } = await applied();
  it.target.inventoried = { stored: whole, using: [] };
  const desk = it.desk();
  const held = await acquire(it.folder, { ...desk.me, host: 'elsewhere' }, { what: 'apply', now: desk.now });
  try {
    await collect({ ...inputOf(it), shown: new Set(paths(whole)), signal });
    assert.unreachable();
  } catch (caught) {
    assert.is((caught as UserError).exit, 4);
  }
  assert.equal(it.target.inventoried.stored, whole);
  held.release();
  const { discarded } = await collect({ ...inputOf(it), shown: new Set(paths(whole)), signal });
  assert.is(discarded.length, whole.length);
  it.close();
});

test('a lock that is lost on the way ends it before its next removal', async () => {
  const { it } = await applied();
  it.target.inventoried = { stored: whole, using: [] };
  const desk = it.desk();
  it.target.onCall = (what) => {
    if (what === `discard ${whole[2]?.path}`) breakLock(it.folder, readLock(it.folder)?.id ?? '', desk.me, desk.now());
  };
  try {
    await collect({ target: it.target, desk, trainer: wheel, shown: new Set(paths(whole)), signal });
    assert.unreachable();
  } catch (caught) {
    assert.is((caught as UserError).findings[0]?.id, 'state/lock-lost');
  }
  assert.equal(paths(it.target.inventoried.stored), paths(whole.slice(2)));
  it.close();
});

test('weights that an adapter lies on are referenced by the run that begins with it', () => {
  const model = { source: 'run', use: 'adapter', base: { source: 'weights', key: sha256('base') } };
  const { jobs } = { jobs: stackOf({ sft: { maxSteps: 10 } }).resources.filter(({ life }) => life === 'job') };
  const [job] = jobs;
  if (job?.life !== 'job') throw new Error('no job');
  const run = { resource: { ...job, settings: { ...job.settings, model } }, artifacts: {} };
  assert.equal([...referencesOfRuns([run]).weights], [key('base')]);
});

test.run();
