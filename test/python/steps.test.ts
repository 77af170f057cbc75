/** The plan's arithmetic of steps against transformers' and accelerate's own, on settings drawn at random. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { derive } from '../../lib/estimate/batch.ts';
import { python } from '../support/python.ts';

const cases = fc.sample(
  fc.record(
    {
      rows: fc.integer({ min: 1, max: 3000 }),
      microBatch: fc.integer({ min: 1, max: 16 }),
      world: fc.integer({ min: 1, max: 64 }),
      accumulation: fc.integer({ min: 1, max: 8 }),
      epochs: fc.constantFrom(1, 2, 3, 0.5, 1.7),
      maxSteps: fc.integer({ min: 1, max: 100 }),
      warmup: fc.constantFrom(0, 0.03, 0.1, 0.5, 1, 7),
    },
    { requiredKeys: ['rows', 'microBatch', 'world', 'accumulation', 'epochs', 'warmup'] },
  ),
  300,
);

test('steps an epoch, steps and warm-up steps of 300 settings are the engines’ own', () => {
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const { stdout, stderr } = spawnSync(python(), [join(import.meta.dirname, 'steps.py')], { input, encoding: 'utf8' });
  const answers = stdout.trim().split('\n');
  assert.is(answers.length, cases.length, stderr);
  for (const [index, each] of cases.entries()) {
    const { microBatch, world, accumulation, warmup } = each;
    const { stepsPerEpoch, steps, warmupSteps } = derive({
      ...each,
      ...(each.maxSteps === undefined ? {} : { epochs: undefined }),
      globalBatch: microBatch * world * accumulation,
      warmup: warmup < 1 ? { ratio: warmup } : { steps: warmup },
      packing: false,
    });
    assert.equal(JSON.parse(answers[index] ?? ''), { stepsPerEpoch, steps, warmup: warmupSteps }, JSON.stringify(each));
  }
});

test.run();
