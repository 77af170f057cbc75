import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { derive } from '../../lib/estimate/batch.ts';

const base = { warmup: { ratio: 0.03 }, packing: false } as const;

test('the product page: 10,000 rows, 3 epochs, 512 a step over 64 ranks', () => {
  const derived = derive({ ...base, world: 64, microBatch: 8, globalBatch: 512, rows: 10_000, epochs: 3 });
  // ceil(ceil(10000 / 8) / 64) = ceil(1250 / 64) = 20 micro-batches a rank, accumulation 1: 20 steps an epoch, 60 in all.
  assert.is(derived.accumulation, 1);
  assert.is(derived.steps, 60);
  // ceil(60 x 0.03) = ceil(1.8) = 2
  assert.is(derived.warmupSteps, 2);
});

test('accumulation that does not divide an epoch rounds the last step up', () => {
  const derived = derive({ ...base, world: 1, microBatch: 4, globalBatch: 16, rows: 329, epochs: 2 });
  // ceil(329 / 4) = 83 micro-batches, ceil(83 / 4) = 21 steps, x 2.
  assert.is(derived.stepsPerEpoch, 21);
  assert.is(derived.steps, 42);
});

test('what cannot be known is absent, never a guess', () => {
  const hub = derive({ ...base, world: 8, microBatch: 2, globalBatch: 32, epochs: 3 });
  assert.is(hub.steps, undefined);
  assert.is(hub.warmupSteps, undefined);
  const packed = derive({ ...base, packing: true, world: 1, microBatch: 2, globalBatch: 2, rows: 100, epochs: 3 });
  assert.is(packed.steps, undefined);
  const fixed = derive({ ...base, world: 8, microBatch: 2, globalBatch: 32, maxSteps: 50 });
  assert.is(fixed.steps, 50);
});

test('more ranks never take more steps, and every row is seen in an epoch', () => {
  const numbers = fc.record({
    world: fc.integer({ min: 1, max: 64 }),
    microBatch: fc.integer({ min: 1, max: 16 }),
    accumulation: fc.integer({ min: 1, max: 8 }),
    rows: fc.integer({ min: 1, max: 20_000 }),
  });
  fc.assert(
    fc.property(numbers, ({ world, microBatch, accumulation, rows }) => {
      const at = (ranks: number) =>
        derive({ ...base, world: ranks, microBatch, globalBatch: microBatch * ranks * accumulation, rows, epochs: 1 });
      const one = at(world);
      assert.is(one.globalBatch, microBatch * world * accumulation);
      assert.ok((one.stepsPerEpoch ?? 0) * one.globalBatch >= rows);
      assert.ok((at(world + 1).steps ?? 0) <= (one.steps ?? 0));
    }),
  );
});

test.run();
