/** Which rows are drawn and held out; test/python/parts.test.ts compares them with the trainer's. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PartSettings, partOf } from '../../lib/data/part.ts';
import { splitRows } from '../../lib/estimate/batch.ts';

const test = suite('parts');

const marks = { train: 't', evaluation: 'e' } as const;
const of = (rows: number, settings: PartSettings) => {
  const part = partOf(rows, settings);
  return Array.from({ length: rows }, (_, ordinal) => {
    const side = part(ordinal, { value: {}, file: 0 });
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

test('as many rows as the plan counts', () => {
  const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
  const settings = fc.record({
    seed: fc.nat(2 ** 32 - 1),
    samples: fc.option(fc.integer({ min: 1, max: 250 }), { nil: undefined }),
    evaluation: fc.option(fc.record({ share }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), settings, (rows, asked) => {
      const drawn = of(rows, asked);
      const { train, evaluation } = splitRows(rows, { samples: asked.samples, share: asked.evaluation?.share });
      assert.equal([drawn.split('t').length - 1, drawn.split('e').length - 1], [train, evaluation]);
    }),
    { numRuns: 200 },
  );
});

test.run();
