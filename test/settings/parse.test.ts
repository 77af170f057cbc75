import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lora, method } from '../../lib/settings/method.ts';
import { parse } from '../../lib/settings/parse.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import { training } from '../../lib/settings/training.ts';
import { zero } from '../../lib/settings/zero.ts';

const told = (value: unknown) =>
  parse(training, value, { construct: 's/r' }).findings.map(({ where, given, message, fix }) => [
    where.path,
    given,
    message,
    fix,
  ]);

test('a misspelt key gets the nearest name', () => {
  assert.equal(told({ batch: { micro: 1 }, lerningRate: 1e-4 }), [
    ['lerningRate', 0.0001, 'There is no setting "lerningRate".', 'Did you mean "learningRate"?'],
  ]);
  assert.equal(told({ batch: { micro: 1, globl: 2 } })[0]?.[3], 'Did you mean "global"?');
});

test('wrong kinds of value: what was given, what is allowed', () => {
  const wrong = {
    batch: { micro: '8' },
    learningRate: Number.NaN,
    epochs: -1,
    schedule: 'cosin',
    seed: 1.5,
    packing: 'yes',
  };
  assert.equal(told(wrong), [
    ['epochs', -1, 'epochs must be more than 0.', 'Change epochs.'],
    ['batch.micro', '8', 'batch.micro must be a number.', 'Change batch.micro.'],
    ['learningRate', 'NaN', 'learningRate must be a number.', 'Change learningRate.'],
    [
      'schedule',
      'cosin',
      'schedule must be one of linear, cosine, constant, constant_with_warmup.',
      'Did you mean "cosine"?',
    ],
    ['seed', 1.5, 'seed must be a whole number.', 'Change seed.'],
    ['packing', 'yes', 'packing must be a boolean.', 'Change packing.'],
  ]);
});

test('what is missing is called missing', () => {
  assert.equal(told({}), [['batch', undefined, 'batch is missing.', 'Give batch a value.']]);
});

test('a union tells of the branch that came nearest', () => {
  assert.match(
    String(told({ batch: { micro: 1 }, warmup: { steps: -3 } })[0]?.[2]),
    /warmup\.steps must be at least 0/,
  );
  assert.match(String(told({ batch: { micro: 1 }, warmup: 3 })[0]?.[2]), /warmup has none of the forms/);
  const kind = parse(method, { kind: 'lora', rnak: 3 }, {}, 'method').findings[0];
  assert.is(kind?.where.path, 'method.rnak');
  assert.is(kind?.fix, 'Did you mean "rank"?');
});

test('any rubbish for any setting is an error with its path, never a crash, never taken', () => {
  const rubbish = fc.oneof(
    fc.constantFrom(
      Number.NaN,
      Infinity,
      -Infinity,
      -1e308,
      null,
      '',
      '\0',
      2 ** 60,
      -7,
      [],
      {},
      [[]],
      { a: 1 },
      () => 1,
      Symbol('x'),
      10n,
    ),
    fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
  );
  const names = Object.keys(training.shape).filter((name) => name !== 'batch');
  fc.assert(
    fc.property(fc.constantFrom(...names), rubbish, (name, value) => {
      const { value: parsed, findings } = parse(training, { batch: { micro: 1 }, [name]: value }, {});
      if (parsed)
        assert.equal((parsed as Record<string, unknown>)[name] !== undefined, true, `${name} became a default`);
      else assert.ok(findings.every((finding) => finding.where.path?.startsWith(name) && finding.fix.length > 0));
    }),
    { numRuns: 500 },
  );
});

test('every setting has a class and a sentence; every file setting a place', () => {
  for (const row of settingsTable().values()) {
    assert.ok(['cosmetic', 'operational', 'placement', 'semantic'].includes(row.class), row.path);
    assert.match(row.doc, /^[A-Z0-9].*\.$/, row.path);
    if (row.place) assert.match(row.place, /^[\w.]+(#(\/\w+)+)?$/, row.path);
  }
  assert.ok(settingsTable().size > 50);
});

test('ZeRO and LoRA blocks are strict too', () => {
  assert.is(parse(zero, { stage: 4 }, {}, 'zero').findings[0]?.where.path, 'zero.stage');
  assert.is(parse(lora, { rank: 0 }, {}, 'method').findings[0]?.message, 'rank must be more than 0.');
});

test.run();
