/** Plans of runs that begin with another run's result. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collect } from '../../lib/constructs/collect.ts';
import { FineTune, lora, Model } from '../../lib/index.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { jobsOf, match, type Observed, runKey } from '../../lib/plan/match.ts';
import { makePlan, type PlanInput } from '../../lib/plan/plan.ts';
import { resourceChanges } from '../../lib/plan/resource-changes.ts';
import type { JobStep, Plan } from '../../lib/plan/step.ts';
import { planText } from '../../lib/report/plan-text.ts';
import type { Found, Presence } from '../../lib/state/attempt.ts';
import { applied } from '../../lib/state/record.ts';
import type { LookUp } from '../../lib/state/recover.ts';
import type { Recorded } from '../../lib/state/state.ts';
import { type Chain, chainManifest, jobAt } from '../support/chain.ts';
import { verbs } from '../support/desk.ts';
import { faultsOf } from '../support/schemas.ts';
import { parts } from '../support/stack.ts';
import { planHash } from '../support/states.ts';

const attempt = (changes: Partial<Found>): readonly Found[] => [
  { n: 1, token: 't', handle: 'h', state: 'ended', checkpoint: 0, step: 9, ...changes },
];
const seenAs = {
  absent: [],
  queued: attempt({ state: 'queued' }),
  running: attempt({ state: 'running' }),
  done: attempt({ cause: 'done' }),
  failed: attempt({ state: 'lost' }),
  'failed-own': attempt({ cause: 'nan-loss' }),
  cancelled: attempt({ cause: 'cancelled' }),
  unknown: 'unknown',
} as const satisfies Record<string, LookUp>;

function recordsOf(manifest: Manifest, ...addresses: readonly string[]): readonly Recorded[] {
  return addresses.reduce<readonly Recorded[]>(
    (records, address) => applied(records, { job: jobAt(manifest, address), artifacts: {}, plan: planHash }),
    [],
  );
}

function observed(manifest: Manifest, runs: Record<string, LookUp>, whole: readonly string[] = []): Observed {
  const presence = new Map<string, Presence>(manifest.resources.map(({ address }) => [address, 'absent']));
  for (const address of whole) presence.set(address, 'whole');
  const looks = jobsOf(manifest).map((job) => [runKey(job), runs[job.address] ?? []] as const);
  return { root: '/w', presence, runs: new Map(looks) };
}

function plan(manifest: Manifest, runs: Record<string, LookUp> = {}, more: Partial<PlanInput> = {}): Plan {
  const recorded = recordsOf(manifest, ...Object.keys(runs));
  const base = { tool: '0.1.0', project: 'tests', manifest, state: undefined, recorded };
  return makePlan({ ...base, observed: observed(manifest, runs), ...more });
}

const stepOf = ({ steps }: Plan, address: string) => steps.find((step) => step.address === address) as JobStep;
const two = chainManifest();

test('a first plan starts both; what the second begins with is known after apply', () => {
  const made = plan(two);
  assert.is(stepOf(made, 'first').verb, 'create');
  assert.is(stepOf(made, 'second').verb, 'create');
  assert.equal(stepOf(made, 'second').begins, { run: 'first', use: 'adapter', result: 'coming' });
  assert.match(planText(made), /begins with the adapter of first, known after apply, which waits for it/);
  assert.not(stepOf(made, 'first').begins);
  const document = resourceChanges('0.1.0', [made]);
  assert.equal(faultsOf('plan', document), []);
  const change = document.resource_changes.find(({ address }) => address === 'second');
  assert.equal(change?.sft.begins, { run: 'first', use: 'adapter', result: 'coming' });
});

test('by how the first stands: the second starts, waits for it, or is told why it does not', () => {
  const expected: Record<keyof typeof seenAs, string> = {
    absent: 'create coming',
    queued: 'create coming',
    running: 'create coming',
    done: 'create done',
    failed: 'create coming',
    'failed-own': 'none none',
    cancelled: 'none none',
    unknown: 'none unknown',
  };
  for (const [seen, wanted] of Object.entries(expected)) {
    const made = plan(two, { first: seenAs[seen as keyof typeof seenAs] });
    const { verb, begins } = stepOf(made, 'second');
    assert.is(begins?.blocked, verb === 'none' ? true : undefined);
    assert.is(`${verb} ${begins?.result}`, wanted, seen);
    const told = made.findings.filter(({ id }) => id === 'plan/no-result');
    assert.is(told.length, wanted === 'none none' ? 1 : 0, seen);
  }
  const failed = plan(two, { first: seenAs['failed-own'] });
  const [warning] = failed.findings.filter(({ id }) => id === 'plan/no-result');
  assert.is(warning?.severity, 'warning');
  assert.match(warning?.message ?? '', /second is not started: .*run first: it failed by its own settings/);
  assert.match(planText(plan(two, { first: seenAs.done })), /begins with the adapter of first, which is there/);
});

test('a second run that lives or is done asks nothing of the first', () => {
  for (const seen of ['running', 'done', 'cancelled'] as const) {
    const made = plan(two, { first: seenAs.cancelled, second: seenAs[seen] });
    assert.equal(verbs(made), {}, seen);
    assert.is(made.findings.filter(({ id }) => id === 'plan/no-result').length, 0);
  }
});

test('a change of what the first learns makes two new runs; one of its looks makes none', () => {
  const done = { first: seenAs.done, second: seenAs.done };
  const look = (change: Chain) => {
    const wanted = chainManifest(change);
    const before = recordsOf(two, 'first', 'second');
    const there = observed(two, done).runs;
    const runs = new Map(match(wanted, before).matched.map(({ job }) => [runKey(job), there.get(runKey(job)) ?? []]));
    return plan(wanted, {}, { recorded: before, observed: { ...observed(wanted, {}), runs } });
  };
  const semantic = look({ first: { learningRate: 7e-5 } });
  assert.is(stepOf(semantic, 'first').verb, 'new-run');
  assert.is(stepOf(semantic, 'second').verb, 'new-run');
  assert.equal(
    stepOf(semantic, 'second').fields.map(({ path, class: how }) => [path, how]),
    [['model.identity', 'semantic']],
  );
  assert.is(stepOf(semantic, 'second').begins?.result, 'coming');
  assert.equal(verbs(look({ first: { tags: { a: 'b' } } })), { first: 'update' });
  assert.equal(verbs(look({ first: { logging: 7 } })), { first: 'update' });
  const other = look({ use: 'merged' });
  assert.equal([stepOf(other, 'first').verb, stepOf(other, 'second').verb], ['none', 'new-run']);
});

test('merged weights are made after the first run; once made, that run is needed no more', () => {
  const merged = chainManifest({ use: 'merged' });
  const made = plan(merged);
  assert.is(verbs(made)['start#bf16'], 'create');
  assert.match(planText(made), /weights +start#bf16 +the adapter of first merged, known after apply/);
  const runs = { first: seenAs.cancelled };
  assert.is(stepOf(plan(merged, runs), 'second').verb, 'none');
  const whole = plan(merged, runs, { observed: observed(merged, runs, ['start#bf16']) });
  assert.is(stepOf(whole, 'second').verb, 'create');
  assert.is(stepOf(whole, 'second').begins?.result, 'done');
});

test('--target of the second alone: the first is looked at, and not started', () => {
  const made = plan(two, {}, { only: ['second'] });
  assert.equal(verbs(made), {});
  assert.match(stepOf(made, 'second').because, /first is not part of this plan/);
  assert.is(stepOf(plan(two, { first: seenAs.running }, { only: ['second'] }), 'second').begins?.result, 'coming');
  assert.is(stepOf(plan(two, { first: seenAs.done }, { only: ['second'] }), 'second').verb, 'create');
});

test('--target in a chain of three: each goes by the one before it, in the plan or not', () => {
  const { app, stack, model, data, cluster } = parts();
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const first = new FineTune(stack, 'first', { model, ...common });
  const second = new FineTune(stack, 'second', { model: Model.fromRun(stack, 'a', { run: first }), ...common });
  new FineTune(stack, 'third', { model: Model.fromRun(stack, 'b', { run: second }), ...common });
  const [three] = collect(app).manifests as [Manifest];
  const runsOf = (made: Plan) =>
    Object.entries(verbs(made)).filter(([address]) => ['first', 'second', 'third'].includes(address));
  const only = (...addresses: readonly string[]) => ({ only: addresses });

  assert.equal(runsOf(plan(three, {}, only('third'))), []);
  assert.match(stepOf(plan(three, {}, only('third')), 'third').because, /second is not part of this plan/);
  assert.equal(runsOf(plan(three, {}, only('second', 'third'))), [], 'nothing comes of the second');
  assert.equal(runsOf(plan(three, {}, only('first', 'third'))), [['first', 'create']]);
  assert.equal(runsOf(plan(three, {}, only('first', 'second'))), [
    ['first', 'create'],
    ['second', 'create'],
  ]);
  const begun = { first: seenAs.done, second: seenAs.running };
  assert.equal(runsOf(plan(three, begun, only('third'))), [['third', 'create']]);
  assert.is(stepOf(plan(three, begun, only('third')), 'third').begins?.result, 'coming');
  const failed = { first: seenAs.done, second: seenAs['failed-own'] };
  assert.equal(runsOf(plan(three, failed, only('third'))), []);
});

test('an identity that a new version hashes in another way is no new run here either', () => {
  const rehash = (job: Job, identity: string): Job => {
    const model = job.settings.model as Record<string, string>;
    const settings =
      model.source === 'run' ? { ...job.settings, model: { ...model, identity: 'ee'.repeat(32) } } : job.settings;
    return { ...job, identity, settings };
  };
  const rehashed = {
    ...two,
    resources: two.resources.map((one) =>
      one.life === 'job' ? rehash(one, one.address === 'first' ? 'ee'.repeat(32) : 'ff'.repeat(32)) : one,
    ),
  };
  const recorded = recordsOf(two, 'first', 'second');
  assert.equal(
    match(rehashed, recorded).matched.map(({ job, change }) => [job.identity, change]),
    [
      [jobAt(two, 'first').identity, 'none'],
      [jobAt(two, 'second').identity, 'none'],
    ],
  );
});

test.run();
