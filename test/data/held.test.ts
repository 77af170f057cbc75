/** Rows that are held out by what they say; test/python/parts.test.ts compares them with the trainer's. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { type AskedHeld, HeldRows } from '../../lib/data/held-rows.ts';
import { countsOf, type PartSettings, partOf, type Side } from '../../lib/data/part.ts';

const test = suite('held out by content');

interface Row {
  readonly text: string;
}

const settingsOf = ({ share, ...drawn }: AskedHeld): PartSettings => ({
  ...drawn,
  evaluation: { share, by: 'content' },
});

function sidesOf(rows: readonly Row[], asked: AskedHeld): (Side | undefined)[] {
  const part = partOf(rows.length, settingsOf(asked));
  return rows.map((row, ordinal) => part(ordinal, { ...exampleOf(row, 'text'), file: 0 }));
}

const row = fc.record({ text: fc.string({ maxLength: 3 }) });
const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
const seed = fc.nat(2 ** 32 - 1);

test('a few rows, written out; whatever else a row has is no matter', () => {
  const rows = Array.from({ length: 12 }, (_, n) => ({ text: `row ${n}`, id: n * 7 }));
  const marks = (asked: AskedHeld) =>
    sidesOf(rows, asked)
      .map((side) => side?.[0] ?? '-')
      .join('');
  assert.is(marks({ share: 0.3, seed: 42 }), 'etttettetttt');
  assert.is(marks({ share: 0.3, seed: 43 }), 'ttettttttett');
  assert.is(marks({ share: 0.3, seed: 42, samples: 6 }), '-t---tte--tt');
});

test('no row changes its side where others are added, taken out or moved', () => {
  const lists = fc.array(row, { minLength: 1, maxLength: 40 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      kept: fc.shuffledSubarray(rows),
      added: fc.array(row, { maxLength: 20 }),
    }),
  );
  fc.assert(
    fc.property(lists, share, seed, ({ rows, kept, added }, part, from) => {
      const asked = { share: part, seed: from };
      const sides = new Map(sidesOf(rows, asked).map((side, at) => [rows[at]?.text, side]));
      const others = [...added, ...kept];
      const moved = sidesOf(others, asked).slice(added.length);
      assert.equal(
        moved,
        kept.map(({ text }) => sides.get(text)),
      );
      // The same row twice stands on one side.
      assert.equal(sidesOf([...rows, ...rows], asked).slice(rows.length), sidesOf(rows, asked));
    }),
    { numRuns: 300 },
  );
});

test('a larger share holds out more, and none of those that were comes back', () => {
  const rows = Array.from({ length: 4000 }, (_, n) => ({ text: `row ${n}` }));
  const held = (part: number, from = 42) =>
    sidesOf(rows, { share: part, seed: from }).map((one) => one === 'evaluation');
  const [few, more, other] = [held(0.05), held(0.2), held(0.2, 43)];
  assert.ok(few.every((is, at) => !is || more[at]));
  // Within five standard deviations of 200 and 800.
  assert.ok(Math.abs(few.filter(Boolean).length - 200) < 5 * Math.sqrt(4000 * 0.05 * 0.95));
  assert.ok(Math.abs(more.filter(Boolean).length - 800) < 5 * Math.sqrt(4000 * 0.2 * 0.8));
  assert.ok(Math.abs(more.filter((is, at) => is && other[at]).length - 160) < 5 * Math.sqrt(4000 * 0.04 * 0.96));
});

test('the count that a plan makes is that of the rows', () => {
  const samples = fc.option(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.record({ share })), { nil: undefined });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 50 }), share, seed, samples, (rows, part, from, drawn) => {
      const asked = { share: part, seed: from, samples: drawn };
      const held = new HeldRows(asked);
      for (const one of rows) held.see(one, { format: 'text', columns: {} });
      const sides = sidesOf(rows, asked);
      const of = (side: Side) => sides.filter((one) => one === side).length;
      assert.equal(countsOf(rows.length, settingsOf(asked), held.count()), {
        train: of('train'),
        evaluation: of('evaluation'),
      });
    }),
    { numRuns: 300 },
  );
});

test.run();
