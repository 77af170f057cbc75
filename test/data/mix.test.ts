/** How many rows of each part a mix takes. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mixCounts } from '../../lib/data/mix.ts';

const test = suite('counts of a mix');
const counts = (rows: number[], weights: number[], most?: number) =>
  mixCounts(
    rows.map((count, at) => ({ rows: count, weight: weights[at] as number })),
    most,
  );

test('in the proportion of the weights, until the first part is used up', () => {
  assert.equal(counts([3000, 5000], [3, 1]), [3000, 1000]);
  assert.equal(counts([9000, 500], [3, 1]), [1500, 500]);
  assert.equal(counts([10, 10, 10], [1, 1, 1]), [10, 10, 10]);
  assert.equal(counts([9000, 9000], [0.75, 0.25], 4000), [3000, 1000]);
});

test('what rounding leaves over goes to the largest remainder, the first of equal ones', () => {
  assert.equal(counts([100, 100, 100], [1, 1, 1], 10), [4, 3, 3]);
  assert.equal(counts([100, 100], [2, 1], 5), [3, 2]);
  assert.equal(counts([100, 100], [1, 2], 5), [2, 3]);
  assert.equal(counts([100, 100], [1000, 1], 10), [10, 0]);
});

test('never more than there are, never more than asked for, and each within a row of its proportion', () => {
  const part = fc.record({
    rows: fc.integer({ min: 1, max: 10_000 }),
    weight: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
  });
  const most = fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 6 }), most, (parts, limit) => {
      const taken = mixCounts(parts, limit);
      const all = taken.reduce((sum, count) => sum + count, 0);
      const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
      assert.ok(limit === undefined || all <= limit);
      for (const [at, { rows, weight }] of parts.entries()) {
        const count = taken[at] as number;
        assert.ok(count >= 0 && count <= rows);
        assert.ok(Math.abs(count - (all * weight) / whole) < 1 + 1e-6, `${count} of ${all}`);
      }
    }),
  );
});

test.run();
