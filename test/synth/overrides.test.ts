/** Overrides: each document, what its reader then finds, and what is refused. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse as parseYaml } from 'yaml';
import type { Collected } from '../../lib/constructs/collect.ts';
import { Cluster, type FineTuneProps } from '../../lib/index.ts';
import { documents } from '../../lib/settings/documents.ts';
import { settingOf } from '../../lib/settings/filled.ts';
import { changeAt } from '../../lib/settings/overrides.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import { computed as deepspeedComputed } from '../../lib/synth/deepspeed-json.ts';
import { Blocked, put } from '../../lib/synth/pointer.ts';
import { computed as trainComputed } from '../../lib/synth/train-fields.ts';
import { cases } from '../support/run-input.ts';
import { jobOf, oneRun, type Parts } from '../support/stack.ts';

type Given = FineTuneProps['overrides'];

const far = ({ stack }: Parts) =>
  Cluster.ssh(stack, 'far', { hosts: 'n-[1-2]', gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' });

/** A run with every document: two hosts, ZeRO 2. */
const wide = (overrides: Given, more: Partial<FineTuneProps> = {}): Collected =>
  oneRun((parts) => ({
    cluster: far(parts),
    zero: { stage: 2 },
    batch: { micro: 2, global: 64 },
    environment: { NCCL_DEBUG: 'WARN' },
    checkpoints: { steps: 5 },
    ...more,
    overrides,
  }));

function file({ manifests, findings }: Collected, name: string): string {
  const found = manifests[0]?.files.find(({ path }) => path === (name === 'launch.yaml' ? name : `sft/${name}`));
  assert.ok(found, `${name} is not there: ${JSON.stringify(findings)}`);
  return found.content;
}

const json = (found: Collected, name: string) => JSON.parse(file(found, name));
const told = ({ findings }: Collected) => findings.map(({ id, severity, where }) => [id, severity, where.path]);
const plain = wide(undefined);

/** Document by document: what is written, and how it then reads. */
const each: Record<string, { given: Given; see: (found: Collected) => void }> = {
  'train.json': {
    given: { 'train.json': { '/sft/adam_beta2': 0.95, '/sft/disable_tqdm': null, '/sft/optim_args/x~1y': 1 } },
    see: (found) => {
      const { sft, '//': said } = json(found, 'train.json');
      assert.is(sft.adam_beta2, 0.95);
      assert.not.ok('disable_tqdm' in sft);
      assert.equal(sft.optim_args, { 'x/y': 1 });
      assert.match(said, /Overridden in that program: train\.json#\/sft\/adam_beta2, train\.json#\/sft\/disable_tqdm/);
      assert.is(Object.keys(json(found, 'train.json'))[0], '//');
    },
  },
  'deepspeed.json': {
    given: { 'deepspeed.json': { '/zero_optimization/reduce_bucket_size': 5e7 } },
    see: (found) => {
      assert.is(json(found, 'deepspeed.json').zero_optimization.reduce_bucket_size, 5e7);
      // DeepSpeed has no place for a comment: the run's train.json tells it.
      assert.match(json(found, 'train.json')['//'], /deepspeed\.json#\/zero_optimization\/reduce_bucket_size/);
    },
  },
  'launch.yaml': {
    given: { 'launch.yaml': { '/hosts/0': 'n-1.example', '/does': 'trains' } },
    see: (found) => {
      const step = parseYaml(file(found, 'launch.yaml')).steps.at(-1);
      assert.is(step.hosts[0], 'n-1.example');
      assert.is(step.does, 'trains');
      const before = parseYaml(file(plain, 'launch.yaml')).steps.at(-1);
      assert.equal(Object.keys(step), Object.keys(before));
      assert.match(file(found, 'launch.yaml'), /^# Run sft\. Overridden in that program: launch\.yaml#\/hosts\/0/m);
    },
  },
  '.deepspeed_env': {
    given: { '.deepspeed_env': { NCCL_SOCKET_IFNAME: 'ib0', OMP_NUM_THREADS: '4', TOKENIZERS_PARALLELISM: null } },
    see: (found) =>
      assert.is(
        file(found, '.deepspeed_env'),
        'HF_HUB_DISABLE_TELEMETRY=1\nNCCL_DEBUG=WARN\nOMP_NUM_THREADS=4\nNCCL_SOCKET_IFNAME=ib0\n',
      ),
  },
  'launch.sh': {
    given: { 'launch.sh': { OMP_NUM_THREADS: '4', GREETING: `it's $(date)`, TOKENIZERS_PARALLELISM: null } },
    see: (found) => {
      const text = file(found, 'launch.sh');
      const exported = text.match(/^export .*/gm);
      assert.equal(exported?.slice(0, 3), [
        'export HF_HUB_DISABLE_TELEMETRY=1',
        'export NCCL_DEBUG=WARN',
        'export OMP_NUM_THREADS=4',
      ]);
      assert.ok(text.includes(`export GREETING='it'\\''s $(date)'\n`), text);
      assert.match(text, /^#!.*\n# Made by cdksft.*\n# Overridden in that program: launch\.sh#OMP_NUM_THREADS/);
    },
  },
  hostfile: {
    given: { hostfile: { 'n-1': null, 'n-7': 8 } },
    see: (found) => assert.is(file(found, 'hostfile'), 'n-2 slots=8\nn-7 slots=8\n'),
  },
  'requirements.txt': {
    given: { 'requirements.txt': { Torch: '2.9.0', 'absl-py': null, 'flash-attn': '>=2.8,<3' } },
    see: (found) => {
      const text = file(found, 'requirements.txt');
      assert.match(text, /^Torch==2\.9\.0$/m);
      assert.not.match(text, /^(torch|absl-py)==/m);
      assert.match(text, /^flash-attn>=2\.8,<3$/m);
      assert.match(text, /^# Made by.*\n# Overridden in that program: requirements\.txt#Torch/);
    },
  },
};

test('every document has a case here', () => assert.equal(Object.keys(each).sort(), [...documents].sort()));

for (const [name, { given, see }] of Object.entries(each))
  test(`${name}: a value is replaced, added, taken out; the other documents stay`, () => {
    const found = wide(given);
    see(found);
    // train.json and launch.sh tell of all overrides; launch.yaml names what is made by the hash of the files.
    const told = new Set(['train.json', 'launch.sh', 'launch.yaml', name]);
    for (const other of documents) if (!told.has(other)) assert.is(file(found, other), file(plain, other), other);
  });

test('semantic where it shapes learning: then it is another run; else the same', () => {
  const identity = (given: Given) => jobOf(wide(given)).identity;
  const same = jobOf(plain).identity;
  assert.is.not(identity({ 'train.json': { '/sft/adam_beta2': 0.95 } }), same);
  assert.is.not(identity({ 'train.json': { '/model/revision': 'v2' } }), same);
  assert.is(identity({ 'train.json': { '/supervise/retries': 3 } }), same);
  assert.is(identity({ 'deepspeed.json': { '/zero_optimization/reduce_bucket_size': 5e7 } }), same);
  assert.is(identity({}), same);
});

test('an override of what a setting fills has the class of that setting', () => {
  const classes: Record<string, string> = {
    'train.json#/sft/save_steps': 'operational',
    'train.json#/sft/save_total_limit': 'operational',
    'train.json#/sft/logging_steps': 'operational',
    'train.json#/sft/report_to': 'cosmetic',
    'train.json#/sft/gradient_checkpointing': 'placement',
    'train.json#/sft/learning_rate': 'semantic',
    'train.json#/sft/adam_beta2': 'semantic',
    'train.json#/sft': 'semantic',
    'train.json#/supervise': 'operational',
    'deepspeed.json#/gradient_clipping': 'semantic',
    'deepspeed.json#/bf16/enabled': 'semantic',
    'deepspeed.json#/bf16': 'semantic',
    'deepspeed.json#/zero_optimization/stage': 'placement',
    'deepspeed.json#/zero_optimization/offload_optimizer/pin_memory': 'placement',
    'deepspeed.json#/zero_optimization/reduce_bucket_size': 'operational',
    'deepspeed.json#/steps_per_print': 'operational',
    'hostfile#n-1': 'placement',
    'launch.sh#OMP_NUM_THREADS': 'operational',
  };
  for (const [place, change] of Object.entries(classes)) assert.is(changeAt(place), change, place);
  for (const { place, class: change } of settingsTable().values())
    if (place?.includes('#')) assert.is(changeAt(place), change, place);
  const identity = (given: Given) => jobOf(wide(given)).identity;
  assert.is(identity({ 'train.json': { '/sft/save_steps': 7 } }), jobOf(plain).identity);
  assert.is.not(identity({ 'deepspeed.json': { '/gradient_clipping': 0.5 } }), jobOf(plain).identity);
});

test('every place that is computed from a setting is known as that setting’s', () => {
  for (const [document, computed] of Object.entries({
    'train.json': trainComputed,
    'deepspeed.json': deepspeedComputed,
  }))
    for (const [setting, compute] of Object.entries(computed))
      for (const input of Object.values(cases))
        for (const pointer of Object.keys(compute(input())))
          assert.is(settingOf(`${document}#${pointer}`)?.setting, setting, `${document}#${pointer}`);
});

test('rows that are prepared otherwise are other rows: their key follows', () => {
  const key = (found: Collected) => json(found, 'train.json').data.key;
  assert.is.not(key(wide({ 'train.json': { '/data/format': 'prompt' } })), key(plain));
  assert.is(key(wide({ 'train.json': { '/sft/adam_beta2': 0.95 } })), key(plain));
});

test('what a setting is there for is a warning that names it', () => {
  const setting = (given: Given) =>
    wide(given).findings.map(({ id, message }) => `${id} ${/setting (\S+)/.exec(message)?.[1]}`);
  assert.equal(setting({ 'train.json': { '/sft/learning_rate': 1e-3 } }), ['override/typed learningRate']);
  assert.equal(setting({ 'train.json': { '/sft/save_total_limit': 9 } }), ['override/typed checkpoints']);
  assert.equal(setting({ 'train.json': { '/peft/r': 4 } }), ['override/typed method.rank']);
  assert.equal(setting({ 'deepspeed.json': { '/gradient_clipping': 0.5 } }), ['override/typed clipping']);
  assert.equal(setting({ '.deepspeed_env': { NCCL_DEBUG: 'INFO' } }), ['override/typed environment']);
  assert.equal(setting({ '.deepspeed_env': { OMP_NUM_THREADS: '4' } }), []);
  assert.equal(setting({ 'train.json': { '/sft/adam_beta2': 0.95 } }), []);
});

const refused: Record<string, [Given, string]> = {
  'through a value': [{ 'train.json': { '/sft/seed/x': 1 } }, 'override/nowhere'],
  'out of a list': [{ 'launch.yaml': { '/hosts/9': 'x' } }, 'override/nowhere'],
  'taking out what is not there': [{ 'train.json': { '/sft/adam_beta9': null } }, 'override/nowhere'],
  'taking out a line that is not there': [{ '.deepspeed_env': { OMP_NUM_THREAD: null } }, 'override/nowhere'],
  'which run it is': [{ 'train.json': { '/identity': 'x' } }, 'override/fixed'],
  'a whole section with its key': [{ 'train.json': { '/data': {} } }, 'override/fixed'],
  'the number of rows': [{ 'train.json': { '/data/samples': 5 } }, 'override/arithmetic'],
  'the micro-batch': [{ 'train.json': { '/sft/per_device_train_batch_size': 4 } }, 'override/arithmetic'],
  'the whole of sft': [{ 'train.json': { '/sft': {} } }, 'override/arithmetic'],
  'the batch of deepspeed.json': [{ 'deepspeed.json': { '/train_batch_size': 128 } }, 'override/arithmetic'],
  'ranks of a host': [{ hostfile: { 'n-1': 4 } }, 'override/arithmetic'],
  'one host more': [{ hostfile: { 'n-3': 8 } }, 'override/arithmetic'],
};

for (const [name, [given, id]] of Object.entries(refused))
  test(`refused: ${name}`, () => {
    const [first] = told(wide(given));
    assert.equal(first?.slice(0, 2), [id, 'error']);
    assert.match(String(first?.[2]), /^overrides\..+#/);
  });

test('micro and accumulation together keep the global batch: a warning each', () => {
  const both = { '/sft/per_device_train_batch_size': 4, '/sft/gradient_accumulation_steps': 1 };
  assert.equal(
    told(wide({ 'train.json': both })).map(([id]) => id),
    ['override/typed', 'override/typed'],
  );
});

test('what the trainer does not read is no place of train.json', () => {
  const [slip] = oneRun({ overrides: { 'train.json': { '/stf/adam_beta2': 0.9 } } }).findings;
  assert.equal([slip?.id, slip?.fix], ['override/nowhere', 'Did you mean "/sft"?']);
  const [own] = oneRun({ overrides: { 'train.json': { '/notes': 'mine' } } }).findings;
  assert.match(own?.fix ?? '', 'It reads /data, /model, /peft');
  const { findings } = oneRun({ overrides: { 'train.json': { '/tags/team': 'nlp', '/peft/use_dora': true } } });
  assert.not.ok(findings.some(({ id }) => id === 'override/nowhere'));
});

test('a document that this run has not, and one that nobody has', () => {
  const [none] = oneRun({ overrides: { 'deepspeed.json': { '/x': 1 } } }).findings;
  assert.is(none?.id, 'override/no-document');
  assert.match(none?.fix ?? '', /\.deepspeed_env, launch\.sh, launch\.yaml, requirements\.txt, train\.json/);
  const [misspelt] = oneRun({ overrides: { 'trian.json': {} } as never }).findings;
  assert.is(misspelt?.fix, 'Did you mean "train.json"?');
});

test('forms: no pointer, no name, a value that a launcher cannot pass on; what was given is shown', () => {
  const bad = (given: unknown) =>
    oneRun({ overrides: given as never }).findings.map(({ id, where, given }) => [id, where.path, given]);
  assert.equal(bad({ 'train.json': { 'sft.seed': 1 } })[0]?.[0], 'setting/invalid');
  assert.equal(bad({ '.deepspeed_env': { A: 'x"y' } }), [['setting/invalid', 'overrides..deepspeed_env.A', 'x"y']]);
  assert.equal(bad({ 'launch.sh': { A: 'x\ny' } })[0]?.[0], 'setting/invalid');
  assert.equal(bad({ 'requirements.txt': { torch: '2.9\n--index-url http://x' } })[0]?.[0], 'setting/invalid');
});

const step = fc.oneof(
  fc.constantFrom('sft', 'model', 'data', 'hosts', 'seed', '0', '-', '__proto__', 'constructor', '~0', '~1', ''),
  fc.string({ maxLength: 6 }),
);
const pointer = fc.array(step, { maxLength: 4 }).map((steps) => steps.map((each) => `/${each}`).join(''));
const anything = fc.oneof(fc.jsonValue(), fc.anything({ maxDepth: 2 }), fc.constant(Number.NaN));
const document = fc.oneof(
  fc.dictionary(fc.oneof(pointer, fc.string({ maxLength: 8 })), anything, { maxKeys: 3 }),
  anything,
);

test('whatever is written: errors with their places, or files that still parse; never a crash', () => {
  const given = fc.oneof(
    fc.record(Object.fromEntries(documents.map((name) => [name, document])), { requiredKeys: [] }),
    fc.anything(),
  );
  fc.assert(
    fc.property(given, (overrides) => {
      const found = wide(overrides as Given);
      const errors = found.findings.filter(({ severity }) => severity === 'error');
      for (const { where } of errors) assert.match(where.path ?? '', /^overrides/);
      if (errors.length > 0) return;
      const train = json(found, 'train.json');
      assert.ok(typeof train.identity === 'string' && typeof train.data.key === 'string');
      json(found, 'deepspeed.json');
      assert.ok(parseYaml(file(found, 'launch.yaml')).steps.length > 0);
      assert.is(({} as Record<string, unknown>).x, undefined);
    }),
    { numRuns: 150 },
  );
});

test('pointers: lists, escapes, and that the given value stays as it was', () => {
  const value = { a: [1, { b: 2 }], 'c/d': { '~': 3 } };
  assert.equal(put(value, '/a/1/b', 5), { a: [1, { b: 5 }], 'c/d': { '~': 3 } });
  assert.equal(put(value, '/a/-', 9), { a: [1, { b: 2 }, 9], 'c/d': { '~': 3 } });
  assert.equal(put(value, '/a/0', null), { a: [{ b: 2 }], 'c/d': { '~': 3 } });
  assert.equal(put(value, '/c~1d/~0', 4), { a: [1, { b: 2 }], 'c/d': { '~': 4 } });
  assert.equal(put({}, '/__proto__/x', 1), JSON.parse('{"__proto__":{"x":1}}'));
  assert.is(({} as { x?: number }).x, undefined);
  assert.equal(value, { a: [1, { b: 2 }], 'c/d': { '~': 3 } });
  assert.throws(
    () => put(value, '/a/0/x', 1),
    (error: unknown) => error instanceof Blocked,
  );
});

test.run();
