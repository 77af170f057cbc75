/** `cdksft/testing`, and what an App is given from outside. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { synthesize } from 'cdksft/testing';
import { Construct, type IMixin } from 'constructs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { App, Cluster, Dataset, FineTune, type FineTuneProps, lora, Model, Stack } from '../lib/index.ts';
import { checkout } from './support/sft.ts';
import { rows } from './support/stack.ts';

function run(scope: Construct, id = 'sft', more: Partial<FineTuneProps> = {}): FineTune {
  const model = Model.fromHub(scope, `${id}-model`, { id: 'meta-llama/Llama-2-7b-hf' });
  const data = Dataset.fromFile(scope, `${id}-rows`, { path: rows });
  const cluster = Cluster.local(scope, `${id}-here`);
  return new FineTune(scope, id, {
    ...{ model, data, cluster, method: lora(), batch: { micro: 8 }, checkpoints: { steps: 10 } },
    ...more,
  });
}

const one = (app: App, more: Partial<FineTuneProps> = {}) => run(new Stack(app, 'demo'), 'sft', more);

test('a stack in memory: settings, numbers, files; as often as one likes', () => {
  for (const micro of [2, 4]) {
    const made = synthesize((app) => {
      one(app, { batch: { micro, global: 8 } });
      app.synth();
    });
    assert.equal(made.findings, []);
    const found = made.run();
    assert.is(found, found);
    assert.is(found.derived.accumulation, 8 / micro);
    assert.equal(found.settings.batch, { micro, global: 8 });
    assert.is(
      (found.json('train.json').sft as { per_device_train_batch_size: number }).per_device_train_batch_size,
      micro,
    );
    assert.equal(found.files.sort(), ['.deepspeed_env', 'launch.sh', 'requirements.txt', 'train.json']);
    assert.match(found.text('launch.sh'), /^#!/);
    assert.equal(
      made.artifacts().map(({ make }) => make),
      ['environment', 'bundle', 'data'],
    );
    assert.ok(made.files('demo').some(({ path }) => path === 'manifest.json'));
  }
});

test('a run by name; what is there where it is not', () => {
  const made = synthesize((app) => {
    const stack = new Stack(app, 'demo');
    run(stack, 'a');
    run(stack, 'b');
  });
  assert.is(made.run('b').address, 'b');
  assert.is(made.run('demo/a').address, 'a');
  assert.throws(() => made.run(), /there is not one run; the runs are: demo\/a, demo\/b\./);
  assert.throws(() => made.run('c'), /one run "c"/);
  assert.throws(() => made.run('a').text('hostfile'), /run a has no hostfile; it has train\.json/);
});

test('a run after another one says which it waits for', () => {
  const made = synthesize((app) => {
    const stack = new Stack(app, 'demo');
    const cluster = Cluster.local(stack, 'here');
    const first = run(stack, 'first', { cluster });
    run(stack, 'second', { cluster, model: Model.fromRun(stack, 'start', { run: first }) });
  });
  assert.equal(made.errors, []);
  assert.is(made.run('second').begins, 'first');
  assert.is(made.run('first').begins, undefined);
});

test('mistakes are findings, with the line of the stack; what build throws is thrown', () => {
  const made = synthesize((app) => void one(app, { learningRate: -1 }));
  assert.is(made.errors.length, 1);
  assert.match(made.errors[0]?.where.at ?? '', /^test\/testing\.test\.ts:\d+:\d+$/);
  assert.throws(() => made.run(), /the runs are: none\. learningRate must be more than 0/);
  assert.throws(
    () =>
      synthesize(() => {
        throw new Error('mine');
      }),
    /mine/,
  );
  assert.throws(() => synthesize((async () => undefined) as never), /build returns a promise/);
});

test('context: the command line, else the default, else nothing; recorded as asked and answered', () => {
  const build = (app: App) => {
    one(app, app.context('size') === 'large' ? { batch: { micro: 2, global: 64 } } : {});
    assert.is(App.of(new Stack(app, 'other'))?.context('none'), undefined);
  };
  const large = synthesize(build, { context: { size: 'large', unused: 'x' } });
  assert.is(large.run().derived.globalBatch, 64);
  assert.equal(large.manifests[0]?.context, { none: null, size: 'large' });
  assert.is(synthesize(build).run().derived.globalBatch, 8);
  assert.is(new App({ context: { size: 'small' } }).context('size'), 'small');
  const jobs = large.manifests[0]?.resources.filter(({ life }) => life === 'job');
  assert.equal(
    jobs?.map((job) => 'context' in job && job.context),
    [{ size: 'large' }],
  );
  const manifest = JSON.parse(large.files('demo').find(({ path }) => path === 'manifest.json')?.content ?? '');
  assert.equal(manifest.context, { none: null, size: 'large' });
});

test('environment: name and hash are recorded, never the value', () => {
  const build = (app: App) => void one(app, { tags: { region: app.environment('REGION') ?? 'none' } });
  const here = synthesize(build, { environment: { REGION: 'secret-place' } });
  assert.equal(here.run().settings.tags, { region: 'secret-place' });
  assert.match(here.manifests[0]?.environment?.REGION ?? '', /^[0-9a-f]{12}$/);
  assert.equal(synthesize(build).manifests[0]?.environment, { REGION: null });
  process.env.REGION = 'of this machine';
  assert.equal(synthesize(build).run().settings.tags, { region: 'none' });
  delete process.env.REGION;
});

const house = (path: string, value: unknown, how: 'set' | 'setDefault' = 'setDefault'): IMixin => ({
  supports: (construct) => construct instanceof FineTune,
  applyTo(found: FineTune) {
    found[how](path, value);
  },
});

test('a mixin sets defaults and tags of a whole tree; what a stack says stays, but for set()', () => {
  const written = { tags: { mine: 'yes' } };
  const made = synthesize((app) => {
    const stack = new Stack(app, 'demo');
    const cluster = Cluster.local(stack, 'here');
    run(stack, 'a', { ...written, cluster, learningRate: 1e-3 });
    run(stack, 'b', { ...written, cluster });
    app.with(house('learningRate', 5e-5), house('tags.team', 'nlp'), house('seed', 7, 'set'));
  });
  assert.equal(made.findings, []);
  assert.equal(
    made.runs.map(({ settings }) => [settings.learningRate, settings.seed]),
    [
      [1e-3, 7],
      [5e-5, 7],
    ],
  );
  for (const { settings } of made.runs) assert.equal(settings.tags, { mine: 'yes', team: 'nlp' });
  // Shared props are not written into.
  assert.equal(written, { tags: { mine: 'yes' } });
});

test('a construct of a team’s own, in ten stacks of one App', () => {
  class SevenB extends Construct {
    constructor(scope: Construct, id: string, learningRate: number) {
      super(scope, id);
      run(this, 'sft', { learningRate });
    }
  }
  const made = synthesize((app) => {
    for (let n = 0; n < 10; n++) new SevenB(new Stack(app, `stack-${n}`), 'seven', 1e-4 * (n + 1));
    app.with(house('tags.team', 'nlp'));
  });
  assert.equal(made.findings, []);
  assert.is(made.manifests.length, 10);
  assert.is(new Set(made.runs.map(({ identity }) => identity)).size, 10);
  assert.is(made.run('stack-3/seven/sft').settings.learningRate, 4e-4);
  assert.ok(made.runs.every(({ address, settings }) => address === 'seven/sft' && 'team' in (settings.tags as object)));
});

test('findAll() does the same in a loop; a path with dots in a key is a list', () => {
  const made = synthesize((app) => {
    one(app);
    for (const each of app.node.findAll())
      if (each instanceof FineTune) each.set(['overrides', 'train.json', '/sft/adam_beta2'], 0.95);
  });
  assert.is((made.run().json('train.json').sft as { adam_beta2: number }).adam_beta2, 0.95);
  assert.equal(made.run().overrides, [{ document: 'train.json', at: '/sft/adam_beta2', value: 0.95 }]);
});

test('a mistake in what was set is the line’s that set it; the others are the run’s', () => {
  const lineOf = (text: string | undefined) => Number(text?.split(':')[1]);
  let [setAt, madeAt] = [0, 0];
  const here = () => Number(/testing\.test\.ts:(\d+)/.exec(new Error().stack?.split('\n')[2] ?? '')?.[1]);
  const made = synthesize((app) => {
    const found = new FineTune(new Stack(app, 'demo'), 'sft', { seed: -1, batch: { micro: 1 } } as never);
    madeAt = here() - 1;
    found.set('learningRate', 'fast').setDefault('seed', 3).setDefault('sed', 3);
    setAt = here() - 1;
  });
  const at = Object.fromEntries(made.errors.map(({ where }) => [where.path, lineOf(where.at)]));
  assert.is(at.learningRate, setAt);
  assert.is(at.sed, setAt);
  assert.is(at.seed, madeAt);
  assert.is(at.model, madeAt);
});

test('the example of a unit test passes', () => {
  const file = join(checkout, 'examples', 'unit-test', 'experiment.test.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: checkout, encoding: 'utf8' });
  assert.is(status, 0, stdout + stderr);
  assert.match(stdout, /Passed:\s+3/);
});

test.run();
