/** What rows are like as a whole, against a plain count of them. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Columns, mostColumns } from '../../lib/data/survey/columns.ts';
import { Drawn } from '../../lib/data/survey/draw.ts';
import { type Spread, Spreading } from '../../lib/data/survey/spread.ts';

function spreadOf(values: readonly number[]): Spread {
  const spreading = new Spreading();
  for (const value of values) spreading.add(value);
  return spreading.spread();
}

/** The smallest value that so many do not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(values.length * share) - 1] ?? 0;
}

const shares = [
  ['median', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
] as const;

test('a spread is that of the sorted values: exact below 4096, within 1/64 above', () => {
  const lengths = fc.oneof(fc.nat(4095), fc.nat(20_000_000), fc.constantFrom(0, 1, 4095, 4096, 8191, 8192));
  fc.assert(
    fc.property(fc.array(lengths, { minLength: 1, maxLength: 60 }), (values) => {
      const spread = spreadOf(values);
      assert.is(spread.least, Math.min(...values));
      assert.is(spread.most, Math.max(...values));
      assert.is(
        spread.total,
        values.reduce((sum, value) => sum + value, 0),
      );
      for (const [name, share] of shares) {
        const exact = percentile(values, share);
        assert.ok(spread[name] <= exact && spread[name] >= exact / (1 + 1 / 64), `${name}: ${spread[name]}, ${exact}`);
        if (exact < 4096) assert.is(spread[name], exact);
      }
      for (const { from, to, rows } of spread.histogram)
        assert.is(rows, values.filter((value) => value >= from && value <= to).length);
      assert.is(
        spread.histogram.reduce((sum, { rows }) => sum + rows, 0),
        values.length,
      );
    }),
  );
});

test('no rows have a spread too', () => {
  assert.equal(spreadOf([]), { total: 0, least: 0, median: 0, p90: 0, p99: 0, most: 0, histogram: [] });
});

test('columns: kinds of values, in how many rows, and lengths of texts', () => {
  const columns = new Columns();
  for (const row of [{ a: 'xy', b: null }, { a: ' ', c: [1] }, { a: 3, b: true, d: {} }, 'no object', null])
    columns.see(row);
  const { columns: facts, others } = columns.facts();
  assert.equal(
    facts.map(({ name, rows, kinds }) => [name, rows, kinds]),
    [
      ['a', 3, { text: 1, empty: 1, number: 1 }],
      ['b', 2, { null: 1, boolean: 1 }],
      ['c', 1, { list: 1 }],
      ['d', 1, { object: 1 }],
    ],
  );
  assert.equal([facts[0]?.characters?.total, facts[1]?.characters, others], [3, undefined, 0]);
});

test('rows that are dictionaries do not fill the memory with columns', () => {
  const columns = new Columns();
  for (let row = 0; row < 1000; row += 1) columns.see({ [`word ${row}`]: 'x' });
  const { columns: facts, others } = columns.facts();
  assert.equal([facts.length, others], [mostColumns, 1000 - mostColumns]);
});

test('rows are drawn in their order, all where there are few, the same each time, and from anywhere', () => {
  const draw = (count: number, rows: number) => {
    const drawn = new Drawn<number>(count);
    for (let row = 0; row < rows; row += 1) drawn.see(row);
    return drawn.rows();
  };
  assert.equal(draw(5, 3), [0, 1, 2]);
  assert.equal(draw(0, 3), []);
  const rows = draw(200, 10_000);
  assert.equal(rows, draw(200, 10_000));
  assert.equal(
    rows,
    rows.toSorted((a, b) => a - b),
  );
  assert.is(new Set(rows).size, 200);
  const [first, last] = [rows.filter((row) => row < 5000).length, rows.filter((row) => row >= 5000).length];
  assert.ok(first > 60 && last > 60, `${first} and ${last}`);
});

test.run();
