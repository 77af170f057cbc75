/** Models that are another run's result: what follows from that run, and what does not go together. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isObject } from '../../lib/base/json.ts';
import { collect } from '../../lib/constructs/collect.ts';
import {
  App,
  Cluster,
  Dataset,
  FineTune,
  full,
  lora,
  Model,
  qlora,
  type RunModelProps,
  Stack,
  secret,
} from '../../lib/index.ts';
import type { Artifact, Manifest } from '../../lib/manifest.ts';
import { type Change, chain as chainOf, jobAt as jobIn } from '../support/chain.ts';
import { parts, rows } from '../support/stack.ts';

const chain = (first: Change = {}, second: Change = {}, use?: RunModelProps['use']) => chainOf({ first, second, use });

const told = (found: ReturnType<typeof collect>) =>
  found.findings.map(({ id, where }) => [id, where.construct, where.path]);
const manifestOf = ({ manifests }: ReturnType<typeof collect>) => manifests[0] as Manifest;
const jobAt = (found: ReturnType<typeof collect>, address: string) => jobIn(manifestOf(found), address);
function trainJson(found: ReturnType<typeof collect>, address: string): Record<string, Record<string, unknown>> {
  return JSON.parse(manifestOf(found).files.find(({ path }) => path === `${address}/train.json`)?.content ?? '{}');
}

test('the adapter is trained on: place, base and order follow from the first run', () => {
  const found = chain();
  assert.equal(told(found), []);
  const [first, second] = [jobAt(found, 'first'), jobAt(found, 'second')];
  assert.equal(second.needs.slice(1), ['second#bundle', 'rows', 'first']);
  assert.equal(trainJson(found, 'second').model, {
    source: 'run',
    run: 'first',
    use: 'adapter',
    identity: first.identity,
    base: { source: 'hub', id: 'meta-llama/Llama-2-7b-hf' },
    result: `runs/first--${first.identity.slice(0, 12)}/output/result`,
    trust_remote_code: false,
    dtype: 'bfloat16',
    attn_implementation: 'sdpa',
  });
});

test('the token of a model on the Hub goes with the base, as a reference, and is no other run', () => {
  const started = (token: boolean) => {
    const { app, stack, data, cluster } = parts();
    const named = token ? { token: secret.fromEnv('HF_TOKEN') } : {};
    const model = Model.fromHub(stack, 'gated', { id: 'owner/gated', ...named });
    const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
    const first = new FineTune(stack, 'first', { model, ...common });
    const second = new FineTune(stack, 'second', { model: Model.fromRun(stack, 'a', { run: first }), ...common });
    new FineTune(stack, 'third', { model: Model.fromRun(stack, 'b', { run: second }), ...common });
    return collect(app);
  };
  const found = started(true);
  assert.equal(told(found), []);
  const base = { source: 'hub', id: 'owner/gated', token: { fromEnv: 'HF_TOKEN' } };
  assert.equal(trainJson(found, 'second').model?.base, base);
  assert.equal(trainJson(found, 'third').model?.base, base, 'an adapter that was trained on twice');
  assert.is(jobAt(found, 'third').identity, jobAt(started(false), 'third').identity);
});

test('merged weights are an artifact that waits for the run, of the type that is loaded', () => {
  const found = chain({}, { method: full(), weights: 'fp32' }, 'merged');
  assert.equal(told(found), []);
  const second = jobAt(found, 'second');
  const weights = manifestOf(found).resources.find(({ address }) => address === 'start#fp32') as Artifact;
  assert.is(weights.make, 'weights');
  assert.equal(weights.needs.slice(1), ['second#bundle', 'first']);
  assert.ok(second.needs.includes('start#fp32') && second.needs.includes('first'));
  assert.is(trainJson(found, 'second').model?.key, weights.key);
  assert.is.not(
    (
      manifestOf(chain({}, { method: full() }, 'merged')).resources.find(
        ({ address }) => address === 'start#bf16',
      ) as Artifact
    ).key,
    weights.key,
  );
});

test('a model made from a config: what the adapter lies on is needed too', () => {
  const { app, stack, data, cluster } = parts();
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const tiny = Model.fromConfig(stack, 'tiny', { config: { model_type: 'llama' } });
  const first = new FineTune(stack, 'first', { model: tiny, ...common });
  const second = new FineTune(stack, 'second', { model: Model.fromRun(stack, 'a', { run: first }), ...common });
  const merged = Model.fromRun(stack, 'b', { run: second, use: 'merged' });
  const third = new FineTune(stack, 'third', { model: merged, ...common });
  new FineTune(stack, 'fourth', { model: Model.fromRun(stack, 'c', { run: third }), ...common });
  const found = collect(app);
  assert.equal(told(found), []);
  const key = trainJson(found, 'first').model?.key;
  assert.equal(trainJson(found, 'second').model?.base, { source: 'weights', key });
  assert.not('key' in (trainJson(found, 'second').model ?? {}));
  assert.equal(jobAt(found, 'second').needs.slice(-2), ['first', 'tiny#rows']);
  const merge = manifestOf(found).resources.find(({ address }) => address === 'b#bf16') as Artifact;
  assert.equal(merge.needs.slice(-2), ['second', 'tiny#rows']);
  assert.equal(trainJson(found, 'fourth').model?.base, { source: 'weights', key: merge.key });
  assert.equal(jobAt(found, 'fourth').needs.slice(-2), ['third', 'b#bf16']);
});

test('a run that trains all weights leaves a model; an adapter may be trained on it, and that one on', () => {
  const { app, stack, model, data, cluster } = parts();
  const common = { data, cluster, batch: { micro: 8 } } as const;
  const first = new FineTune(stack, 'first', { model, ...common, method: full() });
  const second = new FineTune(stack, 'second', {
    model: Model.fromRun(stack, 'a', { run: first }),
    ...common,
    method: lora(),
  });
  new FineTune(stack, 'third', { model: Model.fromRun(stack, 'b', { run: second }), ...common, method: lora() });
  const found = collect(app);
  assert.equal(told(found), []);
  assert.is(trainJson(found, 'second').model?.use, 'model');
  assert.not('base' in (trainJson(found, 'second').model ?? {}));
  const result = trainJson(found, 'second').model?.result;
  assert.equal(trainJson(found, 'third').model?.base, { source: 'run', result });
});

test('what shapes the learning of the first run makes a new second run; nothing else does', () => {
  const identity = (first: Change, second: Change = {}, use?: RunModelProps['use']) =>
    jobAt(chain(first, second, use), 'second').identity;
  const plain = identity({});
  assert.is.not(identity({ learningRate: 5e-5 }), plain);
  assert.is.not(identity({}, {}, 'merged'), plain);
  assert.is(identity({}, {}, 'adapter'), plain, 'the default, written');
  const cosmetic: Change = { tags: { why: 'looks' }, trackers: ['tensorboard'] };
  const operational: Change = { checkpoints: { steps: 7 }, logging: 3, retries: 5 };
  assert.is(identity({ ...cosmetic, ...operational }), plain);
  assert.is(identity({ batch: { micro: 4, global: 8 } }, {}), plain, 'the same global batch');
});

test('the name of the first run is where its result lies, not what is learnt from it', () => {
  const named = (name: string) => {
    const { app, stack, model, data, cluster } = parts();
    const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
    const first = new FineTune(stack, name, { model, ...common });
    new FineTune(stack, 'second', { model: Model.fromRun(stack, 'start', { run: first }), ...common });
    return jobAt(collect(app), 'second').identity;
  };
  assert.is(named('first'), named('stage-one'));
});

test('methods that do not go together', () => {
  assert.equal(told(chain({}, { method: full() })), [['model/adapter-method', 'demo/second', 'method']]);
  assert.equal(told(chain({ method: full() }, {}, 'adapter')), [['model/no-adapter', 'demo/start', 'use']]);
  assert.equal(told(chain({ method: full() }, {}, 'merged')), [], 'its weights are whole');
  const shaped = chain({}, { method: lora({ rank: 32, targets: ['q_proj'], dropout: 0.3 }) });
  assert.equal(told(shaped), [
    ['model/adapter-shape', 'demo/second', 'method.rank'],
    ['model/adapter-shape', 'demo/second', 'method.targets'],
  ]);
  assert.match(shaped.findings[0]?.message ?? '', /The adapter of first has rank 16/);
  assert.equal(told(chain({}, { method: lora({ rank: 32 }) }, 'merged')), []);
  const order = (targets: string[]) => ({ method: lora({ targets }) });
  assert.equal(told(chain(order(['q_proj', 'v_proj']), order(['v_proj', 'q_proj']))), []);
});

test('an adapter beside weights of another packing is a warning, and the run is made', () => {
  const found = chain({}, { method: qlora() });
  const [warning] = found.findings.filter(({ id }) => id.startsWith('model/'));
  assert.equal([warning?.id, warning?.severity], ['model/adapter-base', 'warning']);
  assert.ok(jobAt(found, 'second'));
});

test('a run of another stack, or of another App', () => {
  const { app, stack, data, cluster, model } = parts();
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const other = new Stack(app, 'other');
  const first = new FineTune(other, 'first', { model, ...common });
  new FineTune(stack, 'second', { model: Model.fromRun(stack, 'start', { run: first }), ...common });
  const found = collect(app);
  assert.equal(told(found), [['model/other-stack', 'demo/start', 'run']]);
  assert.match(found.findings[0]?.message ?? '', /other\/first is in stack other, and demo\/second is in stack demo/);

  const away = parts('demo');
  const strange = new FineTune(away.stack, 'first', {
    model: away.model,
    data: away.data,
    cluster: away.cluster,
    method: lora(),
    batch: { micro: 8 },
  });
  const here = parts();
  const from = Model.fromRun(here.stack, 'start', { run: strange });
  new FineTune(here.stack, 'second', { ...common, model: from, data: here.data, cluster: here.cluster });
  const apart = collect(here.app);
  assert.equal(told(apart), [['model/other-stack', 'demo/start', 'run']]);
  assert.match(apart.findings[0]?.message ?? '', /another App/);
});

test('runs that wait for each other are told once', () => {
  const { app, stack, model, data, cluster } = parts();
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const first = new FineTune(stack, 'first', { model, ...common });
  const second = new FineTune(stack, 'second', { model: Model.fromRun(stack, 'a', { run: first }), ...common });
  first.set('model', Model.fromRun(stack, 'b', { run: second }));
  const found = collect(app);
  assert.equal(told(found), [['model/circle', 'demo/a', 'run']]);
  assert.match(found.findings[0]?.message ?? '', /demo\/first -> demo\/second -> demo\/first/);
  const own = new FineTune(stack, 'own', { model, ...common });
  own.set('model', Model.fromRun(stack, 'c', { run: own }));
  assert.ok(collect(app).findings.some(({ message }) => message.includes('demo/own -> demo/own')));
});

test('a model without a run, of something that is none, and of a run that is wrong itself', () => {
  const { app, stack, model, data, cluster } = parts();
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const make = (id: string, props: unknown) =>
    new FineTune(stack, `run-${id}`, { model: Model.fromRun(stack, id, props as never), ...common });
  make('none', {});
  make('model', { run: model });
  make('use', { run: new FineTune(stack, 'good', { model, ...common }), use: 'adapte' });
  make('wrong', { run: new FineTune(stack, 'bad', { model, ...common, batch: { micro: 0 } }) });
  const found = collect(app);
  assert.equal(told(found), [
    ['setting/missing', 'demo/none', 'run'],
    ['setting/invalid', 'demo/model', 'run'],
    ['setting/invalid', 'demo/use', 'use'],
    ['setting/invalid', 'demo/bad', 'batch.micro'],
  ]);
  assert.match(found.findings[1]?.message ?? '', /run must be a FineTune/);
  assert.match(found.findings[2]?.fix ?? '', /"adapter"/);
});

test('a run may be deeper in the tree, or later in it, than the one that waits for it', () => {
  const app = new App();
  const stack = new Stack(app, 'demo');
  const data = Dataset.fromFile(stack, 'rows', { path: rows });
  const cluster = Cluster.local(stack, 'here');
  const model = Model.fromHub(stack, 'base', { id: 'owner/a' });
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const waiting = new FineTune(stack, 'a-second', { model, ...common });
  const first = new FineTune(stack, 'z-first', { model, ...common });
  waiting.set('model', Model.fromRun(stack, 'start', { run: first }));
  const found = collect(app);
  assert.equal(told(found), []);
  const steps = manifestOf(found).files.find(({ path }) => path === 'launch.yaml')?.content ?? '';
  assert.ok(steps.indexOf('step: z-first\n') < steps.indexOf('step: a-second\n'), 'launch.yaml is in order');
  const settings = jobAt(found, 'a-second').settings.model;
  assert.ok(isObject(settings) && settings.run === 'z-first');
});

test.run();
