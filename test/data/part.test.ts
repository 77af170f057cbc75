/** Which rows are drawn and held out; test/python/parts.test.ts compares them with the trainer's. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countsOf, type PartSettings, partOf } from '../../lib/data/part.ts';

const test = suite('parts');

const marks = { train: 't', evaluation: 'e' } as const;
const of = (rows: number, settings: PartSettings) => {
  const part = partOf(rows, settings);
  return Array.from({ length: rows }, (_, ordinal) => {
    const side = part(ordinal, { file: 0 });
    return side === undefined ? '-' : marks[side];
  }).join('');
};

test('a few draws, written out: another seed or purpose draws others', () => {
  assert.is(of(12, { seed: 42 }), 'tttttttttttt');
  assert.is(of(12, { seed: 42, samples: 12 }), 'tttttttttttt');
  assert.is(of(12, { seed: 42, samples: 5 }), '-t---ttt--t-');
  assert.is(of(12, { seed: 42, evaluation: { share: 0.4 } }), 'teeettttetet');
  assert.is(of(12, { seed: 7, samples: 8, evaluation: { share: 0.25 } }), 'etttt-e--t-t');
  assert.is(of(3, { seed: 42, evaluation: { share: 0.01 } }), 'tte');
  assert.is(of(0, { seed: 42, samples: 5 }), '');
});

test('a share of the rows is to the nearest, halves up, and at least one', () => {
  const counted = (rows: number, samples: number | { share: number }, share?: number) =>
    countsOf(rows, { seed: 1, samples, ...(share === undefined ? {} : { evaluation: { share } }) });
  assert.equal(counted(366, 366, 0.1), { train: 329, evaluation: 37 });
  assert.equal(counted(366, 25, 0.1), { train: 22, evaluation: 3 });
  assert.equal(counted(5, 5, 0.01), { train: 4, evaluation: 1 });
  assert.equal(counted(10, 99), { train: 10 });
  assert.equal(
    [1, 4, 5, 14, 15, 25].map((rows) => counted(rows, { share: 0.1 }).train),
    [1, 1, 1, 1, 2, 3],
  );
  assert.is(of(12, { seed: 42, samples: { share: 0.4 } }), of(12, { seed: 42, samples: 5 }));
});

test('rows of files to evaluate on are not drawn from, and none of the others is held out', () => {
  const part = partOf(2, { seed: 42, samples: 1, files: ['a', 'b'], evaluation: { files: ['c'] } });
  const said = [0, 1, 2, 3].map((ordinal) => part(ordinal, { file: ordinal }));
  assert.equal(said.filter((side) => side === 'train').length, 1);
  assert.equal(said.slice(2), ['evaluation', 'evaluation']);
});

test('as many rows as the plan counts', () => {
  const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
  const settings = fc.record({
    seed: fc.nat(2 ** 32 - 1),
    samples: fc.option(fc.oneof(fc.integer({ min: 1, max: 250 }), fc.record({ share })), { nil: undefined }),
    evaluation: fc.option(fc.record({ share }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), settings, (rows, asked) => {
      const drawn = of(rows, asked);
      const { train, evaluation = 0 } = countsOf(rows, asked);
      assert.equal([drawn.split('t').length - 1, drawn.split('e').length - 1], [train, evaluation]);
    }),
    { numRuns: 200 },
  );
});

test.run();
