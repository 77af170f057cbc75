/** The rows that the trainer draws and holds out are those that partOf says. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PartSettings, partOf } from '../../lib/data/part.ts';
import { pythonSays } from '../support/readers.ts';

const test = suite('parts, in both languages');

interface Case extends PartSettings {
  readonly rows: number;
}

const marks = { train: 't', evaluation: 'e' } as const;
function here({ rows, ...settings }: Case): string {
  const part = partOf(rows, settings);
  return Array.from({ length: rows }, (_, ordinal) => {
    const side = part(ordinal, { file: 0 });
    return side === undefined ? '-' : marks[side];
  }).join('');
}

test('row by row, for many sizes, seeds, counts and shares', () => {
  const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
  const any = fc.record({
    rows: fc.integer({ min: 1, max: 400 }),
    seed: fc.nat(2 ** 32 - 1),
    samples: fc.option(fc.oneof(fc.integer({ min: 1, max: 500 }), fc.record({ share })), { nil: undefined }),
    evaluation: fc.option(fc.record({ share }), { nil: undefined }),
  });
  const large = { rows: 60_000, seed: 42, samples: 20_001, evaluation: { share: 0.05 } };
  // Where a share is just between two numbers of rows.
  const halves = Array.from({ length: 60 }, (_, at) => ({
    rows: at + 1,
    seed: 5,
    samples: { share: 0.5 },
    evaluation: { share: 0.3 },
  }));
  const cases: Case[] = [...fc.sample(any, 1000), ...halves, large];
  const there = pythonSays('draw_parts.py', JSON.stringify(cases)).split('\n');
  assert.is(there.length, cases.length);
  for (const [index, one] of cases.entries())
    assert.is(here(one) === there[index], true, `other rows of ${JSON.stringify(one)}`);
  assert.ok(new Set(there.join('')).size === 3);
});

test.run();
