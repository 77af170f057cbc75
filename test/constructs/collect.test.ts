import { Construct } from 'constructs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collect } from '../../lib/constructs/collect.ts';
import { App, Cluster, Dataset, FineTune, full, lora, Model, Stack } from '../../lib/index.ts';
import { jobOf, oneRun, parts, rows } from '../support/stack.ts';

const told = (found: { findings: readonly { id: string; where: { path?: string; construct?: string } }[] }) =>
  found.findings.map(({ id, where }) => [id, where.construct, where.path]);

test('one run: the artifacts that it needs, and the numbers that follow', () => {
  const collected = oneRun({ batch: { micro: 4, global: 32 }, epochs: 2, checkpoints: { steps: 10 } });
  assert.equal(collected.findings, []);
  const [manifest] = collected.manifests;
  assert.equal(
    manifest?.resources.map((resource) => (resource.life === 'artifact' ? resource.make : resource.does)),
    ['environment', 'bundle', 'data', 'train'],
  );
  const job = jobOf(collected);
  assert.is(job.address, 'sft');
  assert.equal(job.needs.slice(1), ['sft#bundle', 'rows']);
  // 366 rows: ceil(366 / 4) = 92 micro-batches, ceil(92 / 8) = 12 steps an epoch.
  assert.equal(job.derived, {
    world: 1,
    microBatch: 4,
    accumulation: 8,
    globalBatch: 32,
    rows: 366,
    stepsPerEpoch: 12,
    steps: 24,
    warmupSteps: 1,
  });
});

test('a model from a config adds its weights, which need the rows', () => {
  const collected = oneRun(({ stack }) => ({
    model: Model.fromConfig(stack, 'tiny', { config: { model_type: 'llama' } }),
  }));
  const weights = collected.manifests[0]?.resources.find(
    (resource) => resource.life === 'artifact' && resource.make === 'weights',
  );
  assert.is(weights?.address, 'tiny#rows');
  assert.ok(weights?.needs.includes('rows'));
});

test('every mistake of every construct is told together, with its line', () => {
  const { app, stack } = parts();
  const model = Model.fromHub(stack, 'bad', { id: 'a b' });
  const data = Dataset.fromFile(stack, 'none', { path: 'nowhere.json' });
  const cluster = Cluster.ssh(stack, 'far', {
    hosts: 'a;id',
    gpus: { type: 'H200', perNode: 0 },
    workspace: 'relative',
  });
  new FineTune(stack, 'one', { model, data, cluster, method: lora({ rank: -1 }), batch: { micro: 0 } });
  new FineTune(stack, 'two', { model, data, cluster } as never);
  const found = collect(app);
  assert.equal(told(found), [
    ['setting/invalid', 'demo/bad', 'id'],
    ['data/unreadable', 'demo/none', undefined],
    ['setting/invalid', 'demo/far', 'hosts'],
    ['setting/invalid', 'demo/far', 'gpus.perNode'],
    ['setting/invalid', 'demo/far', 'workspace'],
    ['setting/invalid', 'demo/one', 'batch.micro'],
    ['setting/invalid', 'demo/one', 'method.rank'],
    ['setting/missing', 'demo/two', 'batch'],
    ['setting/missing', 'demo/two', 'method'],
  ]);
  for (const finding of found.findings)
    assert.match(finding.where.at ?? '', /^test\/constructs\/collect\.test\.ts:\d+:\d+$/);
  assert.is(found.manifests[0]?.resources.length ?? 0, 0);
});

test('a host list that cannot be read is told beside the other mistakes, and without a run', () => {
  const { app, stack } = parts();
  Cluster.ssh(stack, 'far', { hosts: 'h[1-2', gpus: { type: 'H200', perNode: 0 }, workspace: '/shared' });
  Cluster.ssh(stack, 'twice', { hosts: ['a', 'a'], gpus: { type: 'H200', perNode: 1 }, workspace: '/shared' });
  Cluster.ssh(stack, 'none', { hosts: 3, gpus: { type: 'H200', perNode: 1 }, workspace: '/shared' } as never);
  const { findings } = collect(app);
  const hosts = findings.filter(({ where }) => where.path === 'hosts');
  assert.equal(
    hosts.map(({ where, given }) => [where.construct, given]),
    [
      ['demo/far', 'h[1-2'],
      ['demo/twice', ['a', 'a']],
      ['demo/none', 3],
    ],
  );
  assert.ok(findings.some(({ where }) => where.path === 'gpus.perNode'));
});

test('names: two alike, one that is no name; a construct of the user’s own around ours', () => {
  const { app, stack, model, data, cluster } = parts();
  const props = { model, data, cluster, method: full(), batch: { micro: 1 } };
  class Team extends Construct {
    constructor(scope: Construct, id: string) {
      super(scope, id);
      new FineTune(this, 'sft', props);
    }
  }
  new Team(stack, 'team');
  new FineTune(stack, 'sft', props);
  new FineTune(stack, 'sft', props);
  new FineTune(stack, '../up', props);
  const found = collect(app);
  assert.equal(told(found), [
    ['construct/duplicate', 'demo/sft', undefined],
    ['construct/name', 'demo/../up', undefined],
  ]);
  assert.match(found.findings[0]?.where.at ?? '', /collect\.test\.ts/);
  const addresses = found.manifests[0]?.resources.filter((one) => one.life === 'job').map((one) => one.address);
  assert.equal(addresses?.slice(0, 2), ['team/sft', 'sft']);
});

test('a global batch that does not divide names the nearest that do', () => {
  const found = oneRun({ batch: { micro: 8, global: 20 } });
  assert.is(found.findings[0]?.message, 'batch.global 20 is no multiple of 8 (micro-batch 8 x 1 ranks).');
  assert.is(found.findings[0]?.fix, 'Use 16 or 24, or another micro-batch.');
});

test('a thing of the wrong kind, nothing at all, two ways to end', () => {
  const found = oneRun({ model: 'llama', epochs: 1, maxSteps: 3 } as never);
  assert.is(found.findings[0]?.message, 'model must be a construct made by Model.fromHub(...).');
  assert.is(oneRun({ epochs: 1, maxSteps: 3 }).findings[0]?.id, 'schedule/epochs-and-steps');
  assert.is(collect(new App()).findings[0]?.id, 'stack/none');
  const { app, model, data, cluster } = parts();
  new FineTune(app, 'loose', { model, data, cluster, method: full(), batch: { micro: 1 } });
  assert.is(collect(app).findings[0]?.id, 'stack/outside');
  assert.throws(() => new Stack(undefined as never, 'x'), /needs a stack or another construct/);
});

test('two clusters in one stack are one too many', () => {
  const { app, stack, model, data, cluster } = parts();
  const props = { model, data, method: full(), batch: { micro: 1 } };
  new FineTune(stack, 'a', { ...props, cluster });
  new FineTune(stack, 'b', { ...props, cluster: Cluster.local(stack, 'there', { processes: 2 }) });
  assert.is(collect(app).findings[0]?.id, 'stack/two-clusters');
});

test('what a run is: semantic settings and the rows’ content, nothing else', () => {
  const base = jobOf(oneRun()).identity;
  const same = [
    { workers: 2 },
    { tags: { a: 'b' } },
    { batch: { micro: 4, global: 8 } },
    { schedule: 'cosine' },
    { logging: 5 },
  ] as const;
  for (const change of same) assert.is(jobOf(oneRun(change)).identity, base, JSON.stringify(change));
  const other = [
    { learningRate: 1e-4 },
    { seed: 1 },
    { method: full() },
    { batch: { micro: 8, global: 16 } },
    { precision: 'fp32' },
  ] as const;
  const identities = other.map((change) => jobOf(oneRun(change)).identity);
  assert.is(new Set([base, ...identities]).size, other.length + 1);
  const elsewhere = oneRun(({ stack }) => ({ data: Dataset.fromFile(stack, 'again', { path: `./${rows}` }) }));
  assert.is(jobOf(elsewhere).identity, base);
});

test('runs of one stack share what is the same', () => {
  const { app, stack, model, data, cluster } = parts();
  for (const id of ['a', 'b'])
    new FineTune(stack, id, { model, data, cluster, method: full(), batch: { micro: 1 }, seed: id === 'a' ? 1 : 2 });
  const kinds = collect(app).manifests[0]?.resources.map((one) => (one.life === 'artifact' ? one.make : 'train'));
  assert.equal(kinds?.sort(), ['bundle', 'bundle', 'data', 'environment', 'train', 'train']);
});

test('an override of what is prepared makes an artifact of its own, beside the one that others share', () => {
  const { app, stack, data, cluster } = parts();
  const model = Model.fromConfig(stack, 'tiny', { config: { model_type: 'llama' } });
  const props = { model, data, cluster, method: full(), batch: { micro: 1 } };
  new FineTune(stack, 'a', props);
  new FineTune(stack, 'b', { ...props, overrides: { 'train.json': { '/data/seed': 7 } } });
  const resources = collect(app).manifests[0]?.resources ?? [];
  const made = resources.flatMap((one) => (one.life === 'artifact' ? [one] : []));
  assert.is(new Set(made.map((one) => one.key)).size, made.length);
  const needs = (address: string) => resources.find((one) => one.address === address)?.needs.slice(2);
  assert.equal(needs('a'), ['rows', 'tiny#rows']);
  assert.equal(needs('b'), ['rows#b', 'tiny#rows#b']);
});

test.run();
