/** Overrides of what a run is in and what it is made of. */
import { synthesize } from 'cdksft/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collect } from '../../lib/constructs/collect.ts';
import {
  App,
  Cluster,
  Dataset,
  FineTune,
  type FineTuneProps,
  lora,
  Model,
  type Overrides,
  Stack,
} from '../../lib/index.ts';
import { documents } from '../../lib/settings/documents.ts';
import { rows } from '../support/stack.ts';

type Place = 'app' | 'stack' | 'cluster' | 'data' | 'model' | 'run';
type Given = Partial<Record<Place, Overrides>>;

/** From the outermost to the nearest. */
const places: readonly Place[] = ['app', 'stack', 'cluster', 'data', 'model', 'run'];

interface Tree {
  readonly stack: Stack;
  readonly props: FineTuneProps;
}

/** Two hosts and ZeRO: every document is there. */
function tree(app: App, given: Given, more: Partial<FineTuneProps> = {}): Tree {
  const stack = new Stack(app, 'demo', { overrides: given.stack });
  const cluster = Cluster.ssh(stack, 'far', {
    hosts: 'n-[1-2]',
    gpus: { type: 'H200', perNode: 8 },
    workspace: '/shared/sft',
    overrides: given.cluster,
  });
  const data = Dataset.fromFile(stack, 'rows', { path: rows, overrides: given.data });
  const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf', overrides: given.model });
  const common = { model, data, cluster, method: lora(), batch: { micro: 2, global: 64 }, checkpoints: { steps: 5 } };
  const props = { ...common, zero: { stage: 2 }, overrides: given.run, ...more } as const;
  new FineTune(stack, 'sft', props);
  return { stack, props };
}

function made(given: Given) {
  const app = new App({ overrides: given.app });
  tree(app, given);
  return collect(app);
}

function file(given: Given, name: string): string {
  const { manifests, findings } = made(given);
  const found = manifests[0]?.files.find(({ path }) => path === (name === 'launch.yaml' ? name : `sft/${name}`));
  assert.ok(found, JSON.stringify(findings));
  return found.content;
}

/** What to write, and how a file shows that it came. */
const cases: Record<string, readonly [Overrides, RegExp]> = {
  'train.json': [{ 'train.json': { '/sft/adam_beta2': 0.95 } }, /"adam_beta2": 0\.95/],
  'deepspeed.json': [{ 'deepspeed.json': { '/steps_per_print': 7 } }, /"steps_per_print": 7/],
  'launch.yaml': [{ 'launch.yaml': { '/note': 'ours' } }, /note: "?ours/],
  '.deepspeed_env': [{ '.deepspeed_env': { NCCL_DEBUG: 'INFO' } }, /^NCCL_DEBUG=INFO$/m],
  'launch.sh': [{ 'launch.sh': { NCCL_DEBUG: 'INFO' } }, /^export NCCL_DEBUG=INFO$/m],
  hostfile: [{ hostfile: { 'n-1': null, 'n-9': 8 } }, /^n-9 slots=8$/m],
  'requirements.txt': [{ 'requirements.txt': { torch: '2.9.9' } }, /^torch==2\.9\.9$/m],
};

test('every document has a case here', () => assert.equal(Object.keys(cases).sort(), [...documents].sort()));

for (const place of places)
  test(`${place}: its overrides reach every document of the run, its settings, and the heads of the files`, () => {
    for (const [document, [overrides, shown]] of Object.entries(cases)) {
      assert.match(file({ [place]: overrides }, document), shown, `${document} by ${place}`);
      assert.is(file({ [place]: overrides }, document), file({ run: overrides }, document), `${document} by ${place}`);
    }
    const own = { [place]: { 'train.json': { '/sft/adam_beta2': 0.95 } } };
    assert.match(file(own, 'launch.sh'), 'Overridden in that program: train.json#/sft/adam_beta2.');
    const job = made(own).manifests[0]?.resources.find(({ life }) => life === 'job');
    assert.ok(job?.life === 'job');
    assert.equal(job.settings.overrides, { 'train.json': { '/sft/adam_beta2': 0.95 } });
    // The parts are as they were: what they say is the run's.
    for (const part of ['model', 'data', 'cluster']) assert.not.ok('overrides' in (job.settings[part] as object), part);
  });

test('the nearest counts', () => {
  const say = (value: number): Overrides => ({ 'train.json': { '/sft/adam_beta2': value } });
  for (const [index, place] of places.entries()) {
    const upTo = Object.fromEntries(places.slice(0, index + 1).map((each, at) => [each, say(at / 10)]));
    assert.is(JSON.parse(file(upTo, 'train.json')).sft.adam_beta2, index / 10, place);
  }
  // Also where the outer one says less of the place, or more.
  const part: Overrides = { 'train.json': { '/sft/optim_args/a': 1 } };
  const whole: Overrides = { 'train.json': { '/sft/optim_args': { b: 2 } } };
  assert.equal(JSON.parse(file({ app: part, run: whole }, 'train.json')).sft.optim_args, { b: 2 });
  assert.equal(JSON.parse(file({ app: whole, run: part }, 'train.json')).sft.optim_args, { a: 1, b: 2 });
});

const told = (given: Given) =>
  made(given).findings.map(({ id, severity, where }) => [id, severity, where.path, where.at] as const);

test('a typed one warns, one that leads nowhere or breaks the batch is an error, each at the line that said it', () => {
  const [typed] = told({ stack: { 'train.json': { '/sft/learning_rate': 1e-3 } } });
  assert.equal(typed?.slice(0, 3), ['override/typed', 'warning', 'overrides.train.json#/sft/learning_rate']);
  const wrong: readonly (readonly [Overrides, string])[] = [
    [{ 'train.json': { '/sft/seed/x': 1 } }, 'override/nowhere'],
    [{ 'train.json': { '/sft/per_device_train_batch_size': 4 } }, 'override/arithmetic'],
    [{ hostfile: { 'n-3': 8 } }, 'override/arithmetic'],
    [{ 'train.json': { '/identity': 'x' } }, 'override/fixed'],
  ];
  for (const [overrides, id] of wrong) {
    const lines = places.map((place) => {
      const [first] = told({ [place]: overrides });
      assert.equal(first?.slice(0, 2), [id, 'error'], place);
      return first?.[3];
    });
    assert.is(new Set(lines).size, places.length, `${id}: ${lines.join(' ')}`);
  }
});

test('mistakes in their form are told at each construct', () => {
  for (const place of places) {
    const { findings } = made({ [place]: { 'train.json': { 'sft/x': 1 } } });
    const [first] = findings.filter(({ id }) => id === 'setting/invalid');
    assert.ok(first?.where.path?.startsWith('overrides.'), place);
    const misspelt = made({ [place]: { 'train.jsn': {} } as Overrides });
    assert.match(misspelt.findings[0]?.fix ?? '', 'train.json', place);
  }
});

test('of a file that a run does not have: for the other runs; for none, an error', () => {
  const overrides: Overrides = { 'deepspeed.json': { '/steps_per_print': 7 } };
  const errors = (zero: FineTuneProps['zero']) => {
    const app = new App({ overrides });
    const { stack, props } = tree(app, {}, { zero });
    new FineTune(stack, 'plain', { ...props, zero: undefined });
    return collect(app).findings.filter(({ severity }) => severity === 'error');
  };
  assert.equal(errors({ stage: 2 }), []);
  const [only, ...more] = errors(undefined);
  assert.equal([only?.id, only?.where.path, more.length], ['override/no-document', 'overrides.deepspeed.json', 0]);
});

test('cdksft/testing shows them as the run’s', () => {
  const run = synthesize((app) => void tree(app, { stack: { 'launch.sh': { A: '1' } } })).run();
  assert.equal(run.overrides, [{ document: 'launch.sh', at: 'A', value: '1' }]);
});

test.run();
