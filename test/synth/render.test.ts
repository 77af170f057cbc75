import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse as parseYaml } from 'yaml';
import { isObject, type Json } from '../../lib/base/json.ts';
import type { GeneratedFile } from '../../lib/manifest.ts';
import { run, settingsTable } from '../../lib/settings/run.ts';
import { computed as deepspeedComputed, topLevel } from '../../lib/synth/deepspeed-json.ts';
import { launchSteps } from '../../lib/synth/launch-yaml.ts';
import { splitPlace } from '../../lib/synth/places.ts';
import { renderRun, renderStack } from '../../lib/synth/render.ts';
import { computed as trainComputed } from '../../lib/synth/train-fields.ts';
import { cases, runInput } from '../support/run-input.ts';
import { manifestOf } from '../support/stack-manifest.ts';

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const hostName = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?$/);
/** As the schema allows it: what DeepSpeed can pass on. */
const variable = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .filter((value) => /^(?!\s)[^"$`\\%\p{Cc}]*(?<!\s)$/u.test(value));

const cluster = fc.oneof(
  fc.record({ kind: fc.constant('local'), processes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('local'), gpus: fc.constant({ type: 'H200', count: 2 }) }),
  fc.record({
    kind: fc.constant('ssh'),
    hosts: fc.uniqueArray(hostName, { minLength: 1, maxLength: 5 }),
    gpus: fc.record({ type: fc.constant('H200'), perNode: fc.integer({ min: 1, max: 8 }) }),
    workspace: fc.constant('/shared/sft'),
  }),
  fc.constant({ kind: 'slurm', nodes: 3, gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' }),
);

const changes = fc.record({
  cluster,
  method: fc.oneof(
    fc.constant({ kind: 'full' }),
    fc.record({ kind: fc.constant('lora'), targets: fc.array(word, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('qlora'), bits: fc.constantFrom(4, 8) }),
  ),
  zero: optional(
    fc.record({ stage: fc.constantFrom(0, 1, 2, 3), offload: optional(fc.constant({ optimizer: 'cpu' })) }),
  ),
  precision: fc.constantFrom('bf16', 'fp16', 'fp32'),
  packing: fc.boolean(),
  gradientCheckpointing: fc.boolean(),
  environment: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), variable, { maxKeys: 4 }),
  tags: fc.dictionary(word, fc.string(), { maxKeys: 4 }),
  trackers: fc.uniqueArray(fc.constantFrom('wandb', 'mlflow', 'tensorboard')),
});

const inputs = changes.map((given) => {
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return runInput(kept);
});

function everything(input: ReturnType<typeof runInput>): GeneratedFile[] {
  const runs = renderRun(input);
  return [...runs, ...renderStack(manifestOf(input), runs)];
}

const named = (files: readonly GeneratedFile[], name: string) => files.find(({ path }) => path.endsWith(name))?.content;

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, shuffled(inner)] as const)
      .reverse(),
  );
}

test('the same input gives the same bytes, twice and with keys in another order', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const first = everything(input);
      assert.equal(everything(input), first);
      assert.equal(everything(shuffled(input) as typeof input), first);
    }),
  );
});

test('JSON and YAML parse, end with a newline, hold no machine path, and say what made them', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      for (const { path, content } of everything(input)) {
        assert.ok(content.endsWith('\n') && !content.includes('\r'), path);
        assert.not.match(content, /\/(home|root|tmp|work)\//);
        if (path.endsWith('.json')) JSON.parse(content);
        if (path.endsWith('.yaml')) parseYaml(content);
        if (/(train|manifest)\.json$/.test(path))
          assert.match((JSON.parse(content) as { '//': string })['//'], /cdksft/);
        if (/\.(sh|txt|yaml)$/.test(path))
          assert.match(content.slice(0, 200), /# Made by cdksft from stacks\/example\.ts/);
      }
    }),
  );
});

test('a hostfile has one line for each host and nothing else', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const text = named(renderRun(input), '/hostfile');
      const { hosts, processesPerHost } = input.layout;
      if (hosts.length < 2) assert.is(text, undefined);
      else assert.is(text, hosts.map((host) => `${host} slots=${processesPerHost}\n`).join(''));
    }),
  );
});

test('.deepspeed_env is never empty, and each line is NAME=value, read back as it was given', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const text = named(renderRun(input), '/.deepspeed_env') ?? '';
      const lines = text.split('\n').slice(0, -1);
      assert.ok(lines.length >= 2 && lines.every((line) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(line)));
      const read = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      for (const [name, value] of Object.entries(input.settings.environment)) assert.is(read[name], value);
    }),
  );
});

test('a variable that DeepSpeed cannot pass on is no setting', () => {
  for (const value of ['a"b', '$(id)', '`id`', 'a\nb', ' a', 'a ', '%h', 'a\\'])
    assert.not.ok(run.shape.environment.safeParse({ NAME: value }).success, value);
  for (const value of ['', 'a b', 'https://x/y?z=1', "it's", 'ü'])
    assert.ok(run.shape.environment.safeParse({ NAME: value }).success, value);
});

test('a program’s name cannot end the comment that it stands in', () => {
  for (const { content, path } of everything(runInput({}, { program: 'stacks/a\nrm -rf x\n.ts' })))
    assert.not.match(content, /^rm -rf/m, path);
});

test('deepspeed.json has only top-level keys that DeepSpeed reads', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const text = named(renderRun(input), '/deepspeed.json');
      assert.is(text === undefined, input.settings.zero === undefined);
      for (const key of Object.keys(JSON.parse(text ?? '{}') as object))
        assert.ok((topLevel as readonly string[]).includes(key), key);
    }),
  );
});

function at(value: Json | undefined, pointer: string): Json | undefined {
  return pointer
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((inner, key) => (isObject(inner) ? (inner[key] as Json) : undefined), value);
}

/** Runs in which every setting that a file holds has a value. */
const filled = [
  ...Object.values(cases).map((input) => input()),
  runInput({
    model: { source: 'run', run: 'first', use: 'adapter', identity: 'a', base: { source: 'path', path: '/m' } },
  }),
  runInput({
    model: { source: 'hub', id: 'a/b', revision: 'main' },
    data: { source: 'hub', id: 'c/d', revision: 'v1', config: 'en', samples: 5, evaluation: { share: 0.5 } },
    method: { kind: 'lora', modulesToSave: ['lm_head'] },
    epochs: 1,
  }),
  runInput({ data: { source: 'hub', id: 'c/d', columns: { instruction: 'question' } } }),
  runInput({ data: { source: 'hub', id: 'c/d', template: 'model' } }),
];

test('every place that the settings table names is filled by some run', () => {
  const missing = [...settingsTable().values()].filter(({ place }) => {
    if (place === undefined) return false;
    const { file, pointer } = splitPlace(place);
    return !filled.some((input) => {
      const text = named(renderRun(input), `/${file}`);
      if (text === undefined || pointer === '') return text !== undefined;
      return at(JSON.parse(text) as Json, pointer) !== undefined;
    });
  });
  assert.equal(
    missing.map(({ path, place }) => `${path}: ${place}`),
    [],
  );
});

test('no two settings are copied to one place', () => {
  const placed = [...settingsTable().values()].filter(({ place, via }) => place !== undefined && via === undefined);
  const places = placed.map(({ place }) => place);
  assert.equal(
    places.filter((place, index) => places.indexOf(place) !== index),
    [],
  );
});

test('the settings that a renderer computes are those whose row says how', () => {
  const rows = [...settingsTable().values()].filter(({ place }) => /^(train|deepspeed)\.json/.test(place ?? ''));
  const told = rows.filter(({ via }) => via !== undefined).map(({ path }) => path);
  const known = [...Object.keys(trainComputed), ...Object.keys(deepspeedComputed)];
  assert.equal(known.sort(), told.sort());
});

test('fields that transformers 5 has removed are never written', () => {
  const removed =
    /"(warmup_ratio|logging_dir|overwrite_output_dir|group_by_length|save_safetensors|no_cuda|evaluation_strategy|max_seq_length|torch_dtype|output_dir|tokenizer_name)"/;
  for (const input of filled) assert.not.match(named(renderRun(input), '/train.json') ?? '', removed);
});

test('the launch plan puts what is needed first', () => {
  const steps = launchSteps(manifestOf(runInput())).map(({ step }) => step);
  assert.equal(steps, ['sft#environment', 'sft#bundle', 'sft#data', 'sft#weights', 'sft']);
});

test('the manifest has no positions, and lists every other file', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const files = everything(input);
      const text = named(files, 'manifest.json') ?? '';
      assert.not.match(text, /example\.ts:12/);
      const listed = (JSON.parse(text) as { files: { path: string }[] }).files.map(({ path }) => path);
      assert.equal(
        listed,
        files
          .map(({ path }) => path)
          .filter((path) => path !== 'manifest.json')
          .sort(),
      );
    }),
  );
});

test.run();
