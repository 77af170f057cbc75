import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../lib/manifest.ts';
import { changeOf, diffSettings } from '../../lib/plan/diff.ts';
import { job } from '../support/states.ts';

const told = (before: Job, after: Job) => diffSettings(before, after).map((field) => [field.path, field.class]);

function reordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reordered) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reordered(inner)]),
  ) as T;
}

test('nothing, and the order of keys, is no change', () => {
  assert.equal(told(job(), job()), []);
  const before = job();
  assert.equal(told(before, { ...before, settings: reordered(before.settings) }), []);
  assert.is(changeOf([]), 'none');
});

test('each field with its class and reason, the gravest first, then by path', () => {
  const after = job({ learningRate: 1e-3, logging: 7, tags: { team: 'a' }, batch: { micro: 1, global: 2 }, seed: 1 });
  const fields = diffSettings(job(), after);
  assert.equal(
    fields.map(({ path, before, after: next, class: kind }) => [path, before, next, kind]),
    [
      ['learningRate', 2e-4, 1e-3, 'semantic'],
      ['seed', 42, 1, 'semantic'],
      ['batch.micro', 2, 1, 'placement'],
      ['logging', 1, 7, 'operational'],
      ['tags.team', undefined, 'a', 'cosmetic'],
    ],
  );
  assert.ok(fields.every((field) => field.reason.length > 10));
  assert.not('before' in (fields[4] ?? {}), 'what is not given is left out');
  assert.is(changeOf(fields), 'semantic');
});

test('objects are told by setting, lists as one value', () => {
  assert.equal(told(job(), job({ zero: { stage: 2 } })), [['zero.stage', 'placement']]);
  assert.equal(told(job(), job({ checkpoints: { steps: 5, keep: 3 } })), [['checkpoints.steps', 'operational']]);
  assert.equal(
    told(job({ method: { kind: 'lora', targets: ['a', 'b'] } }), job({ method: { kind: 'lora', targets: ['a'] } })),
    [['method.targets', 'semantic']],
  );
  assert.equal(told(job(), job({ tags: { 'a.b': '1' } })), [['tags.a.b', 'cosmetic']]);
});

test('overrides: by the place that they change', () => {
  const before = job({ overrides: { 'train.json': { '/sft/adam_beta2': 0.9 } } });
  const after = job({
    overrides: {
      'train.json': { '/sft/adam_beta2': 0.95, '/supervise/retries': 1 },
      'deepspeed.json': { '/zero_optimization/reduce_bucket_size': 5e7 },
      hostfile: { 'n-1': 8 },
    },
  });
  assert.equal(told(before, after), [
    ['overrides.train.json#/sft/adam_beta2', 'semantic'],
    ['overrides.hostfile#n-1', 'placement'],
    ['overrides.deepspeed.json#/zero_optimization/reduce_bucket_size', 'operational'],
    ['overrides.train.json#/supervise/retries', 'operational'],
  ]);
});

test('a branch of a union has a class of its own', () => {
  const paths = told(job(), job({ method: { kind: 'full' } }));
  assert.ok(paths.some(([path, kind]) => path === 'method.kind' && kind === 'semantic'));
});

test('a setting that an update brings with its default is no change, with another value it is', () => {
  const now = job();
  const { weightDecay: _, checkpoints: __, ...older } = now.settings;
  const before = { ...now, settings: older };
  assert.equal(told(before, now), []);
  assert.equal(told(before, job({ weightDecay: 0.1 })), [['weightDecay', 'semantic']]);
});

test('the same content under another name restarts nothing', () => {
  const before = job();
  const renamed = {
    source: 'file',
    path: 'data/rows.json',
    files: [{ name: 'other.json', sha256: 'ab'.repeat(32), bytes: 4096 }],
  };
  const after = job({ data: renamed });
  assert.is(before.identity, after.identity);
  assert.equal(told(before, after), [['data.files', 'cosmetic']]);
});

test('a setting of another version that no table knows shapes learning where the identity says so', () => {
  const before = job();
  const after = { ...before, settings: { ...before.settings, unheard: 1 } };
  assert.equal(told(before, after), [['unheard', 'cosmetic']]);
  assert.equal(told(before, { ...after, identity: 'other' }), [['unheard', 'semantic']]);
});

test.run();
