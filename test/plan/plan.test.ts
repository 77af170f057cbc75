import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOf } from '../../lib/base/hash.ts';
import { tokenOf } from '../../lib/base/token.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { jobsOf, type Observed, runKey } from '../../lib/plan/match.ts';
import { assemble, makePlan, type PlanInput } from '../../lib/plan/plan.ts';
import { resourceChanges } from '../../lib/plan/resource-changes.ts';
import type { JobStep } from '../../lib/plan/step.ts';
import type { Found, Presence } from '../../lib/state/attempt.ts';
import { verbs } from '../support/desk.ts';
import { stackOf } from '../support/stacks.ts';
import { job, recordedRun } from '../support/states.ts';

const one = stackOf({ sft: { maxSteps: 10 } });
const wanted = jobsOf(one)[0] as Job;

const running: Found = { n: 1, token: 't', handle: 'h', state: 'running', checkpoint: 0, step: 4 };

function input(manifest: Manifest, more: Partial<PlanInput> = {}): PlanInput {
  const presence = new Map<string, Presence>(manifest.resources.map((resource) => [resource.address, 'absent']));
  const runs = new Map(jobsOf(manifest).map((each) => [runKey(each), []]));
  return {
    tool: '0.1.0',
    project: 'tests',
    manifest,
    state: undefined,
    recorded: [],
    observed: { root: '/w', presence, runs },
    ...more,
  };
}

const seeing = (found: readonly Found[], of: Job = wanted): Observed => ({
  root: '/w',
  presence: new Map(),
  runs: new Map([[runKey(of), found]]),
});

const recorded = recordedRun(wanted);
const state = { lineage: 'l', serial: 4 };
const stepOf = (plan: { steps: readonly { address: string }[] }, address = 'sft') =>
  plan.steps.find((step) => step.address === address) as JobStep;

test('a first plan: artifacts that the run needs, the run with its token, base without a lineage', () => {
  const plan = makePlan(input(one));
  assert.equal(verbs(plan), {
    'sft#environment': 'create',
    'sft#bundle': 'create',
    'sft#data': 'create',
    'sft#weights': 'create',
    sft: 'create',
  });
  const step = stepOf(plan);
  assert.is(step.attempt, 1);
  assert.is(step.token, tokenOf('/w', 'example', wanted, 1));
  assert.equal(step.derived, { after: wanted.derived });
  assert.equal([...step.needs].sort(), ['sft#bundle', 'sft#data', 'sft#environment', 'sft#weights']);
  assert.equal(plan.base, { serial: 0 });
  const { hash, ...body } = plan;
  assert.is(hash, hashOf(body));
  assert.is(makePlan(input(one)).hash, hash, 'the same plan has the same hash');
});

test('nothing to do: a running run needs no artifact', () => {
  const plan = makePlan(input(one, { state, recorded, observed: seeing([running]) }));
  assert.equal(verbs(plan), {});
  assert.equal(plan.base, { lineage: 'l', serial: 4 });
  assert.is(stepOf(plan).step, 4);
});

test('positions, needs and arithmetic of another version are no change', () => {
  const moved = {
    ...one,
    resources: one.resources.map((each) => ({ ...each, where: { ...each.where, at: 'stacks/example.ts:99:1' } })),
  };
  assert.equal(verbs(makePlan(input(moved, { state, recorded, observed: seeing([running]) }))), {});
});

test('an identity that a new version hashes in another way is no new run, and keeps its tokens', () => {
  const rehashed = {
    ...one,
    resources: one.resources.map((each) => (each.life === 'job' ? { ...each, identity: 'ff'.repeat(32) } : each)),
  };
  const failed = { ...running, state: 'lost' } as const;
  const plan = makePlan(input(rehashed, { state, recorded, observed: seeing([failed]) }));
  assert.is(stepOf(plan).verb, 'attempt');
  assert.is(stepOf(plan).token, tokenOf('/w', 'example', wanted, 2));
  assert.is(jobsOf(plan.manifest)[0]?.identity, wanted.identity);
});

test('a change of learning: a new run, the old one told of while it lives', () => {
  const changed = stackOf({ sft: { maxSteps: 10, learningRate: 1e-3 } });
  const [next] = jobsOf(changed) as [Job];
  const observed: Observed = {
    ...seeing([running]),
    runs: new Map([
      [runKey(wanted), [running]],
      [runKey(next), []],
    ]),
  };
  const plan = makePlan(input(changed, { state, recorded, observed }));
  const step = stepOf(plan);
  assert.is(step.verb, 'new-run');
  assert.is(step.attempt, 1);
  assert.equal(step.beside, [{ identity: wanted.identity, seen: 'running' }]);
  assert.equal(
    step.fields.map((field) => field.path),
    ['learningRate'],
  );
  assert.equal(
    plan.findings.map((finding) => finding.id),
    ['plan/runs-beside'],
  );
});

test('what is derived is told before and after where it differs', () => {
  const longer = stackOf({ sft: { maxSteps: 20 } });
  const [next] = jobsOf(longer) as [Job];
  const plan = makePlan(input(longer, { state, recorded, observed: seeing([], next) }));
  assert.is(stepOf(plan).derived?.before?.steps, 10);
  assert.is(stepOf(plan).derived?.after?.steps, 20);
});

test('a failure by its own settings waits for a change or for who asks', () => {
  const failed: Found = { ...running, state: 'ended', cause: 'out-of-memory', checkpoint: 3 };
  const base = { state, recorded, observed: seeing([failed]) };
  assert.equal(verbs(makePlan(input(one, base))), {});
  const asked = makePlan(input(one, { ...base, asked: { sft: 'replace' } }));
  assert.is(stepOf(asked).verb, 'attempt');
  assert.is(stepOf(asked).attempt, 2);
  assert.is(stepOf(asked).checkpoint, 3);
});

test('drift is told: cancelled from outside, gone, edited', () => {
  const ids = (found: readonly Found[], presence = new Map<string, Presence>()) =>
    makePlan(input(one, { state, recorded, observed: { ...seeing(found), presence } })).findings.map((each) => each.id);
  assert.equal(ids([{ ...running, state: 'ended', cause: 'cancelled' }]), ['drift/cancelled']);
  assert.equal(ids([]), ['drift/gone']);
  assert.equal(ids([running], new Map([['sft#bundle', 'altered']])), ['drift/artifact']);
  assert.equal(ids([running]), []);
});

test('an unreachable target is unknown, never gone', () => {
  const observed: Observed = { presence: new Map(), runs: new Map() };
  const plan = makePlan(input(one, { state, recorded, observed }));
  assert.equal(verbs(plan), {});
  assert.is(stepOf(plan).seen, 'unknown');
  assert.equal(
    plan.findings.map((finding) => finding.id),
    ['target/unknown'],
  );
  assert.equal(
    verbs(makePlan(input(stackOf({}), { state, recorded, observed }))),
    {},
    'nor is a removed one forgotten',
  );
});

test('a removed run stops where it lives, else it is forgotten', () => {
  const none = stackOf({});
  const base = { state, recorded };
  assert.equal(verbs(makePlan(input(none, { ...base, observed: seeing([running]) }))), { sft: 'stop' });
  const done = { ...running, state: 'ended', cause: 'done' } as const;
  assert.equal(verbs(makePlan(input(none, { ...base, observed: seeing([done]) }))), { sft: 'forget' });
});

test('an edited artifact is repaired, a changed one waits until a run needs it', () => {
  const presence = new Map<string, Presence>([
    ['sft#bundle', 'altered'],
    ['sft#environment', 'absent'],
  ]);
  const plan = makePlan(input(one, { state, recorded, observed: { ...seeing([running]), presence } }));
  assert.equal(verbs(plan), { 'sft#bundle': 'repair' });
});

test('uncommitted changes are told of', () => {
  const plan = makePlan(input(one, { git: { commit: 'c0ffee', dirty: true, difference: 'd' } }));
  assert.equal(
    plan.findings.map((finding) => finding.id),
    ['git/dirty'],
  );
  assert.is(plan.git?.commit, 'c0ffee');
});

test('only the runs that were named', () => {
  const two = stackOf({ a: { maxSteps: 10 }, b: { maxSteps: 10 } });
  const plan = makePlan(input(two, { only: ['b'], state, recorded }));
  assert.ok(plan.steps.every((step) => step.address.startsWith('b')));
});

test('resource_changes: Terraform’s shape, all stacks in one list', () => {
  const first = makePlan(input(one));
  const document = resourceChanges('0.1.0', [first]);
  assert.is(document.format_version, '1.0');
  assert.is(document.stack, 'example');
  const run = document.resource_changes.find((change) => change.address === 'sft');
  assert.is(run?.type, 'train');
  assert.equal(run?.change.actions, ['create']);
  assert.is(run?.change.before, null);
  assert.is(run?.sft.verb, 'create');
  assert.not(document.resource_changes.some((change) => 'life' in change.sft));

  const failed: Found = { ...running, state: 'lost' };
  const other = makePlan(input({ ...one, stack: 'other' }, { state, recorded, observed: seeing([failed]) }));
  const both = resourceChanges('0.1.0', [first, other]);
  assert.not('stack' in both);
  assert.equal(
    both.stacks.map((each) => [each.stack, each.changes]),
    [
      ['example', true],
      ['other', true],
    ],
  );
  const attempt = both.resource_changes.find((change) => change.stack === 'other' && change.address === 'sft');
  assert.equal(attempt?.change.actions, ['update']);
  assert.is(attempt?.sft.attempt, 2);
  assert.equal(JSON.parse(JSON.stringify(both)), both, 'plain JSON');

  const idle = resourceChanges('0.1.0', [makePlan(input(one, { state, recorded, observed: seeing([running]) }))]);
  assert.ok(idle.resource_changes.every((change) => change.change.actions[0] === 'no-op'));
  const gone = resourceChanges('0.1.0', [
    makePlan(input(stackOf({}), { state, recorded, observed: seeing([running]) })),
  ]);
  assert.equal(gone.resource_changes[0]?.change.actions, ['delete']);
  assert.is(gone.resource_changes[0]?.change.after, null);
});

test('10,000 runs that are as recorded: nothing to do for any', () => {
  const resources = Array.from({ length: 10_000 }, (_, index) => ({
    ...wanted,
    address: `r${index}`,
    folder: `r${index}`,
  }));
  const records = resources.map((each) => ({
    address: each.address,
    resource: { ...each, settings: structuredClone(each.settings) },
    attempts: [],
    artifacts: {},
    appliedBy: 'p',
  }));
  const runs = new Map(resources.map((each) => [runKey(each), [running]]));
  const many = input(
    { ...one, resources },
    { state, recorded: records, observed: { root: '/w', presence: new Map(), runs } },
  );
  assert.equal(verbs({ ...assemble(many), hash: '' }), {});
});

test('the job in the tests is the one of the stack', () => assert.equal(job().identity, wanted.identity));

test.run();
