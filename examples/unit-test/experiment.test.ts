// A unit test of a stack, here with uvu; any runner does. Run it: node examples/unit-test/experiment.test.ts
import { synthesize } from 'cdksft/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { experiment } from './experiment.ts';

test('the small variant is short, on one GPU', () => {
  const run = synthesize(experiment).run();
  assert.is(run.derived.steps, 10);
  assert.is(run.derived.world, 1);
});

test('the full variant takes 128 rows a step on 16 ranks', () => {
  const made = synthesize(experiment, { context: { variant: 'full' } });
  assert.equal(made.errors, []);
  const run = made.run('seven/sft');
  assert.is(run.derived.world, 16);
  assert.is(run.derived.accumulation, 2);
  const { sft } = run.json('train.json') as { sft: Record<string, unknown> };
  assert.is(sft.gradient_accumulation_steps, 2);
});

test('every run has the tags of the house', () => {
  for (const run of synthesize(experiment).runs) assert.equal(run.settings.tags, { team: 'nlp' });
});

test.run();
