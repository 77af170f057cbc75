/** What the build writes down of the schemas says the same as zod: the same value where it fits, and never more. */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../lib/base/json.ts';
import { bake, describe } from '../../lib/settings/describe.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import { schemas } from '../../lib/settings/schemas.ts';
import { fit, misfit, type Shape } from '../../lib/settings/shape.ts';

const { shapes } = bake();
const names = Object.keys(schemas) as (keyof typeof schemas)[];

/** Everything that is in a shape, itself first. */
function all(shape: Shape): Shape[] {
  if (shape.is === 'object') return [shape, ...shape.keys.flatMap(([, inner]) => all(inner))];
  if (shape.is === 'union') return [shape, ...shape.of.flatMap(all)];
  if (shape.is === 'record') return [shape, ...all(shape.key), ...all(shape.of)];
  return 'of' in shape && shape.is !== 'one' ? [shape, ...all(shape.of)] : [shape];
}

const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    0,
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    [],
    {},
    new Date(0),
  ),
);

/** Texts and numbers of which some fit each setting. */
const words = [
  'gpt2',
  'owner/name',
  'a--b',
  'a..b',
  '/data/x',
  'h200-[01-08]',
  '4:00:00',
  'A_B',
  'x y',
  '',
  '/sft/seed',
];
const numbers = [0, 0.5, 1, 2, 16, 300, 65_535, 2 ** 32, -1, 1.5];

/** Most of the time those that fit. */
function drawn<T>(shape: Shape, values: readonly T[], other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const good = values.filter((value) => fit(shape, value) !== misfit);
  assert.ok(good.length > 0, `no sample fits ${JSON.stringify(shape)}`);
  return fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...values), other) },
  );
}

/** Values made after a shape, so that most fit, with odd ones strewn in. */
function like(shape: Shape): fc.Arbitrary<unknown> {
  const spoilt = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 60, arbitrary }, { weight: 1, arbitrary: odd });
  switch (shape.is) {
    case 'object': {
      const known = Object.fromEntries(shape.keys.map(([key, inner]) => [key, like(inner)]));
      const required = shape.keys.filter(([, inner]) => !['optional', 'default', 'prefault'].includes(inner.is));
      const whole = fc.record(known, { requiredKeys: required.map(([key]) => key), noNullPrototype: true });
      const more = fc.oneof(
        { weight: 20, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.tuple(fc.string(), fc.anything()) },
      );
      return spoilt(fc.tuple(whole, more).map(([base, extra]) => (extra ? { ...base, [extra[0]]: extra[1] } : base)));
    }
    case 'number':
      return drawn(shape, numbers, fc.double());
    case 'string':
      return drawn(shape, [...words, 'root', '2.9.0'], fc.string());
    case 'one':
      return spoilt(fc.constantFrom(...shape.of));
    case 'boolean':
      return spoilt(fc.boolean());
    case 'list':
      return spoilt(fc.array(like(shape.of), { maxLength: 3 }));
    case 'record':
      return spoilt(
        fc.dictionary(like(shape.key) as fc.Arbitrary<string>, like(shape.of), { maxKeys: 3, noNullPrototype: true }),
      );
    case 'union':
      return fc.oneof(...shape.of.map(like));
    case 'json':
      return spoilt(fc.jsonValue());
    case 'unknown':
    case 'slow':
      return odd;
    default:
      return fc.oneof(
        { weight: 4, arbitrary: like(shape.of) },
        { weight: 1, arbitrary: fc.constant(shape.is === 'nullable' ? null : undefined) },
      );
  }
}

for (const name of names)
  test(`${name}: what fits is what zod returns, and zod takes nothing that does not fit`, () => {
    const schema = schemas[name];
    let fitted = 0;
    const same = (value: unknown) => {
      const [quick, full] = [fit(shapes[name], value), schema.safeParse(value)];
      if (quick === misfit) return;
      fitted += 1;
      assert.ok(full.success, 'zod refuses it');
      assert.equal(quick, full.data);
      assert.equal(Object.keys(Object(quick)), Object.keys(Object(full.data)));
    };
    fc.assert(fc.property(like(shapes[name]), same), { numRuns: 400 });
    assert.ok(fitted > 20, `only ${fitted} of 400 fitted`);
  });

test('nothing is left to zod but what shapes cannot say', () => {
  const slow = names.filter((name) => all(shapes[name]).some(({ is }) => is === 'slow'));
  assert.equal(slow, []);
});

test('plain values fit, so that a program without a mistake needs no zod', () => {
  const minimal: Record<string, unknown> = {
    'model.hub': { id: 'meta-llama/Llama-2-7b-hf' },
    'dataset.hub': { id: 'tatsu-lab/alpaca', samples: 10_000, format: 'alpaca' },
    'cluster.ssh': { hosts: 'h200-[01-08]', gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' },
    'cluster.local': {},
    method: { kind: 'lora', rank: 16, targets: ['q_proj'] },
    zero: { stage: 2 },
    fineTune: { batch: { micro: 8, global: 512 }, epochs: 3, overrides: { 'train.json': { '/sft/adam_beta2': 0.9 } } },
  };
  for (const [name, value] of Object.entries(minimal))
    assert.is.not(fit(shapes[name as keyof typeof shapes], value), misfit, name);
});

test('what has a class, a hidden property or a getter is not plain', () => {
  class Odd {
    readonly stage = 2;
  }
  const hostile = JSON.parse('{ "__proto__": { "stage": 2 } }') as Json;
  for (const value of [new Odd(), hostile, [2], 'stage', null, undefined]) assert.is(fit(shapes.zero, value), misfit);
});

test('defaults are not shared between two runs', () => {
  const once = () =>
    fit(shapes.fineTune, { batch: { micro: 1 } }) as { tags: Record<string, string>; trackers: string[] };
  once().trackers.push('wandb');
  once().tags.a = 'b';
  assert.equal([once().trackers, once().tags], [[], {}]);
});

test('each setting has a shape of its own, and its default is that of its schema', () => {
  const rows = new Map(bake().rows.map((row) => [row.path, row]));
  for (const { path, schema } of settingsTable().values()) {
    const parsed = schema.safeParse(undefined);
    assert.equal(rows.get(path)?.fallback, parsed.success ? parsed.data : undefined, path);
    assert.is.not(describe(schema).is, 'slow', path);
  }
});

test.run();
