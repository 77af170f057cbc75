/** Settings whose changes a run ignores: what stays, what does not, and what follows from it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FineTuneProps } from '../../lib/index.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { ignoredChanges } from '../../lib/plan/ignore.ts';
import { applied } from '../../lib/state/record.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const record = (job: Job) => applied([], { job, artifacts: {}, plan: 'p' });
const manifestOf = (props: Partial<FineTuneProps>) => oneRun(props).manifests[0] as Manifest;
const ignored = (before: Partial<FineTuneProps>, after: Partial<FineTuneProps>) =>
  ignoredChanges(manifestOf(after), record(jobOf(oneRun(before)))).sft ?? [];

/** The run as the program makes it when it is told of recorded values. */
function again(props: Partial<FineTuneProps>, before: Partial<FineTuneProps>): Job {
  const folder = mkdtempSync(join(tmpdir(), 'sft-kept-test-'));
  const path = join(folder, 'kept.json');
  writeFileSync(path, JSON.stringify({ demo: { sft: ignored(before, props) } }));
  process.env.SFT_KEPT = path;
  try {
    return jobOf(oneRun(props));
  } finally {
    delete process.env.SFT_KEPT;
    rmSync(folder, { recursive: true });
  }
}

test('only named settings that differ, with both values; without a record none', () => {
  const ignoreChanges = ['learningRate', 'seed', 'evaluation'];
  const after = { learningRate: 1e-3, seed: 42, evaluation: { steps: 5 }, weightDecay: 0.1, ignoreChanges };
  assert.equal(ignored({}, after), [
    { path: 'learningRate', kept: 2e-4, written: 1e-3 },
    { path: 'evaluation', written: { steps: 5 } },
  ]);
  assert.equal(ignoredChanges(manifestOf(after), []), {});
  assert.equal(ignored({}, { learningRate: 1e-3 }), [], 'nothing is ignored that is not named');
});

test('identity and files are those of the recorded values', () => {
  const before = { learningRate: 1e-4 };
  const after = { learningRate: 1e-3, ignoreChanges: ['learningRate'] };
  const kept = again(after, before);
  assert.is(kept.identity, jobOf(oneRun(before)).identity);
  assert.is(kept.settings.learningRate, 1e-4);
  assert.equal(kept.ignored, [{ path: 'learningRate', kept: 1e-4, written: 1e-3 }]);
  assert.equal(kept.ignoreChanges, ['learningRate']);
  const [stored] = record(kept);
  assert.not('ignored' in (stored?.resource ?? {}), 'the record holds what was applied, not what was ignored');
});

test('derived values follow: accumulation, global batch, steps, warm-up', () => {
  const before = { batch: { micro: 4, global: 32 }, epochs: 2 };
  const after = { batch: { micro: 8, global: 16 }, epochs: 4, ignoreChanges: ['batch.global', 'epochs'] };
  const { derived } = again(after, before);
  assert.equal([derived.microBatch, derived.globalBatch, derived.accumulation], [8, 32, 4]);
  // 366 rows: ceil(366 / 8) = 46 micro-batches, ceil(46 / 4) = 12 steps an epoch, 2 epochs; 3 % of 24, rounded up.
  assert.equal([derived.stepsPerEpoch, derived.steps, derived.warmupSteps], [12, 24, 1]);
  const whole = again({ ...after, ignoreChanges: ['batch'] }, before).derived;
  assert.equal([whole.microBatch, whole.globalBatch, whole.accumulation], [4, 32, 8]);
});

test('a setting that was not given stays so: epochs recorded, steps written', () => {
  const after = { maxSteps: 7, ignoreChanges: ['epochs', 'maxSteps'] };
  const kept = again(after, { epochs: 2 });
  assert.is(kept.settings.epochs, 2);
  assert.not('maxSteps' in kept.settings && kept.settings.maxSteps !== undefined);
});

test('a value in a block stays only in a block of the same kind', () => {
  const ignoreChanges = ['method.rank'];
  const lora = { method: { kind: 'lora', rank: 8 } } as const;
  assert.equal(ignored(lora, { method: { kind: 'lora', rank: 16 }, ignoreChanges }), [
    { path: 'method.rank', kept: 8, written: 16 },
  ]);
  assert.equal(ignored(lora, { method: { kind: 'full' }, ignoreChanges }), []);
  assert.equal(ignored(lora, { zero: { stage: 2 }, ignoreChanges: ['zero.stage'] } as never), []);
  assert.is(
    again({ method: { kind: 'full' }, ignoreChanges: ['method'] }, lora).identity,
    jobOf(oneRun(lora)).identity,
  );
});

test('a name that is no setting of the run', () => {
  const told = (name: string) => oneRun({ ignoreChanges: [name] }).findings.map(({ id, fix }) => `${id} ${fix}`);
  assert.match(told('learningrate')[0] ?? '', /^ignore\/unknown Did you mean "learningRate"\?$/);
  assert.match(told('checkpoints.keep')[0] ?? '', /Did you mean "checkpoints"\?/);
  assert.match(told('data.files')[0] ?? '', /constructs of their own/);
  assert.match(told('everything-else')[0] ?? '', /Name a setting of a FineTune/);
  assert.equal(told('batch.micro'), []);
});

test.run();
