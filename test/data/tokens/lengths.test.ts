import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Lengths } from '../../../lib/data/tokens/lengths.ts';

function of(values: readonly number[]): Lengths {
  const lengths = new Lengths();
  for (const value of values) lengths.add(value);
  return lengths;
}

test('percentiles are those of the sorted lengths', () => {
  const length = fc.oneof(fc.nat({ max: 70_000 }), fc.nat({ max: 50_000_000 }));
  fc.assert(
    fc.property(
      fc.array(length, { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 0, max: 100 }),
      (all, percent) => {
        const sorted = [...all].sort((a, b) => a - b);
        const expected = sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1] ?? 0;
        const found = of(all).percentile(percent);
        if (expected < 2 ** 16) assert.is(found, expected);
        else assert.ok(found <= expected && found > expected * (63 / 64), `${found} of ${expected}`);
      },
    ),
  );
});

test('bars hold every row, in doubling widths without a gap', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 1 }), (all) => {
      const bars = of(all).histogram();
      assert.is(
        bars.reduce((sum, { rows }) => sum + rows, 0),
        all.length,
      );
      for (const [at, { from, rows }] of bars.entries()) {
        const end = bars[at + 1]?.from ?? Number.POSITIVE_INFINITY;
        if (at > 0) assert.is(from, Math.max(1, 2 * (bars[at - 1]?.from ?? 0)));
        assert.is(rows, all.filter((one) => one >= from && one < end).length);
      }
    }),
  );
  assert.equal(of([]).histogram(), []);
  assert.equal([of([]).least, of([]).percentile(50)], [0, 0]);
});

test('a million rows of any length are held in little', () => {
  const lengths = new Lengths();
  for (let row = 0; row < 1_000_000; row += 1) lengths.add((row * 7919) % 100_000_007);
  assert.is(lengths.rows, 1_000_000);
  const bars = lengths.histogram();
  assert.ok(bars.length < 40);
  assert.is(lengths.most > 99_000_000, true);
});

test.run();
