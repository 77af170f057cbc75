import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../lib/manifest.ts';
import { diffSettings } from '../../lib/plan/diff.ts';
import { gradeLayouts, grades, judge, worst } from '../../lib/plan/move.ts';
import type { Attempt, Found, Grade, Written } from '../../lib/state/attempt.ts';
import { attemptOf, writtenBy, writtenIn } from '../../lib/state/record.ts';
import { job, planHash, token } from '../support/states.ts';

interface Row {
  readonly before: Partial<Written>;
  readonly after: Written;
  readonly grade: Grade;
}

const table = JSON.parse(
  readFileSync(new URL('../../trainer/tests/layouts.json', import.meta.url), 'utf8'),
) as readonly Row[];

const gradeOf = (before: Partial<Written>, after: Written) =>
  worst(Object.values(gradeLayouts(before, after)))?.grade ?? 'exact';

test('the table that the trainer is held to as well', () => {
  assert.ok(table.length > 40);
  for (const { before, after, grade } of table)
    assert.is(gradeOf(before, after), grade, `${JSON.stringify(before)} -> ${JSON.stringify(after)}`);
});

const written = fc.record({
  world_size: fc.constantFrom(1, 2, 8),
  micro_batch: fc.constantFrom(1, 2, 4),
  zero_stage: fc.constantFrom(null, 0, 1, 2, 3),
  offload: fc.constantFrom([], ['optimizer'], ['optimizer', 'param']),
  device: fc.constantFrom('cpu' as const, 'gpu' as const),
});

test('there and back is one grade, the same is exact, and each difference has its reason', () => {
  fc.assert(
    fc.property(written, written, (one, other) => {
      assert.is(gradeOf(one, other), gradeOf(other, one));
      assert.is(gradeOf(one, one), 'exact');
      for (const { because } of Object.values(gradeLayouts(one, other))) assert.match(because, /^[A-Za-z].*[^.]$/);
    }),
  );
});

const two = { kind: 'local', processes: 2 };
const base = { batch: { micro: 1, global: 4 } };
const attempt = (of: Job): Attempt => attemptOf(of, 1, token(1), { plan: planHash });
const found = (state: Found['state'], checkpoint: number): Found => ({
  n: 1,
  token: token(1),
  handle: 'sft/1',
  state,
  checkpoint,
  step: 4,
});

function judged(before: Job, after: Job, seen: readonly Found[], attempts = [attempt(before)]) {
  return judge({ job: after, before, attempts, found: seen, fields: diffSettings(before, after) });
}

/** Each changed field of placement with its grade, and the grade of all. */
function told(before: Record<string, unknown>, after: Record<string, unknown>): string {
  const { fields, resume } = judged(job({ ...base, ...before }), job({ ...base, ...after }), [found('running', 0)]);
  const each = fields.map(({ path, class: kind, grade }) => `${path} ${kind === 'placement' ? grade : kind}`);
  return `${each.join(', ')}: ${resume?.grade}`;
}

test('each field of placement, as a person changes it', () => {
  assert.is(told({}, { cluster: two }), 'cluster.processes approximate: approximate');
  assert.is(told({}, { batch: { micro: 2, global: 4 } }), 'batch.micro approximate: approximate');
  assert.is(told({}, { gradientCheckpointing: false }), 'gradientCheckpointing exact: exact');
  assert.is(told({}, { zero: { stage: 2 } }), 'zero.stage weights-only: weights-only');
  assert.is(told({ zero: { stage: 1 } }, { zero: { stage: 2 } }), 'zero.stage approximate: approximate');
  assert.is(
    told({ zero: { stage: 2 } }, { zero: { stage: 2 }, cluster: two }),
    'cluster.processes weights-only: weights-only',
  );
  assert.is(
    told({ zero: { stage: 2 } }, { zero: { stage: 2, offload: { optimizer: 'cpu' } } }),
    'zero.offload.optimizer weights-only: weights-only',
  );
  assert.is(
    told({}, { cluster: { kind: 'local', workspace: 'elsewhere' } }),
    'cluster.workspace impossible: impossible',
  );
  const gpu = { kind: 'local', gpus: { type: 'H200', count: 1 } };
  assert.is(told({}, { cluster: gpu }).split(': ')[1], 'approximate');
  const hosts = (names: string) => ({
    batch: { micro: 1, global: 16 },
    cluster: { kind: 'ssh', hosts: names, gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' },
  });
  assert.is(told(hosts('a-[1-2]'), hosts('a-[3-4]')), 'cluster.hosts exact: exact');
  assert.is(told(hosts('a-[1-2]'), hosts('a-1')), 'cluster.hosts approximate: approximate');
});

test('the worst of several differences counts, and the best is no part of it', () => {
  assert.is(
    told({}, { cluster: two, zero: { stage: 2 }, gradientCheckpointing: false }),
    'cluster.processes weights-only, gradientCheckpointing exact, zero.stage weights-only: weights-only',
  );
  assert.equal([...grades], ['exact', 'approximate', 'weights-only', 'impossible']);
});

test('what is gone on from: nothing yet, the running attempt, or what the newest checkpoint says of itself', () => {
  const [narrow, wide] = [job(base), job({ ...base, cluster: two })];
  assert.not(judged(narrow, wide, [found('ended', 0)]).resume, 'no checkpoint: it starts anew');
  assert.not(judged(narrow, wide, [found('queued', 0)]).resume);
  assert.is(judged(narrow, wide, [found('ended', 4)]).resume?.grade, 'approximate');
  // The record has moved on, its attempt has not.
  assert.is(judged(wide, wide, [found('ended', 4)], [attempt(narrow)]).resume?.grade, 'approximate');
  // The checkpoint itself knows best: it is of before the record was lost.
  const marked = { ...found('ended', 4), written: writtenBy(wide) };
  assert.not(judged(wide, wide, [marked], [attempt(narrow)]).resume);
  // An attempt that runs will write in its own layout, whatever lies there.
  assert.is(judged(narrow, wide, [{ ...marked, state: 'running' }]).resume?.grade, 'approximate');
});

test('a state of a version that noted less: what it does not say was as the settings say', () => {
  const [before, after] = [job(base), job({ ...base, batch: { micro: 2, global: 4 } })];
  const { microBatch: _, ...older } = attempt(before);
  assert.equal(writtenIn(older), { world_size: 1, zero_stage: null, device: 'cpu' });
  assert.is(judged(before, after, [found('running', 4)], [older]).resume?.grade, 'approximate');
});

test.run();
