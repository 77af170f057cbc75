/** Lists and keys that do not fit in memory: the same as plain ones, and nothing stays on the disk. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashTexts } from '../../../lib/data/judge/hash.ts';
import { Keys } from '../../../lib/data/judge/keys.ts';
import { Numbers } from '../../../lib/data/judge/numbers.ts';
import { Scratch } from '../../../lib/data/judge/scratch.ts';

const test = suite('keys');

function withScratch<T>(memory: number, use: (scratch: Scratch) => T): T {
  const scratch = new Scratch(undefined, memory);
  try {
    return use(scratch);
  } finally {
    scratch.close();
  }
}

test('a list that is partly on the disk reads as it was written', () => {
  withScratch(300_000, (scratch) => {
    const count = 200_000;
    const numbers = new Numbers(scratch);
    for (let index = 0; index < count; index += 1) numbers.push(index * 20_011);
    assert.is(numbers.length, count);
    assert.is(scratch.written, 2 * 2 ** 18);
    for (const index of [0, 65_535, 65_536, 131_071, 131_072, 199_999])
      assert.is(numbers.at(index), (index * 20_011) % 2 ** 32);
    let at = 0;
    for (const block of numbers.blocks()) for (const value of block) assert.is(value, (at++ * 20_011) % 2 ** 32);
    assert.is(at, count);
    const across = numbers.slice(65_530, 131_080);
    assert.is(across.length, 65_550);
    assert.is(across.at(-1), (131_079 * 20_011) % 2 ** 32);
  });
});

test('the file on the disk has no name, while it is written and after', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft-test-'));
  const scratch = new Scratch(folder, 0);
  const numbers = new Numbers(scratch);
  for (let index = 0; index < 70_000; index += 1) numbers.push(index);
  assert.is(scratch.written, 2 ** 18);
  assert.equal(readdirSync(folder), []);
  assert.is(numbers.at(65_000), 65_000);
  scratch.close();
  assert.equal(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
});

test('repeats are those of a plain map, in however many parts', () => {
  const key = fc.record({ low: fc.integer({ min: 0, max: 6 }), high: fc.integer({ min: 0, max: 6 }) });
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 60 }),
      fc.array(key, { maxLength: 60 }),
      fc.integer({ min: 1, max: 70 }),
      (own, others, part) => {
        withScratch(0, (scratch) => {
          const [keys, rest] = [new Keys(scratch, part), new Keys(scratch, part)];
          for (const one of own) keys.push(one);
          for (const one of others) rest.push(one);
          const text = ({ low, high }: { low: number; high: number }) => `${low} ${high}`;
          const firstIn = (list: readonly { low: number; high: number }[], one: { low: number; high: number }) =>
            list.findIndex((other) => text(other) === text(one));
          const found: [number, number][] = [];
          keys.repeats((number, first) => found.push([number, first]));
          const expected = own.map((one, number): [number, number] => [number, firstIn(own, one)]);
          assert.equal(
            found.sort(([a], [b]) => a - b),
            expected.filter(([number, first]) => first < number),
          );
          const across: [number, number][] = [];
          keys.repeatsOf(rest, (number, first) => across.push([number, first]));
          assert.equal(
            across.sort(([a], [b]) => a - b),
            own
              .map((one, number): [number, number] => [number, firstIn(others, one)])
              .filter(([, first]) => first >= 0),
          );
        });
      },
    ),
    { numRuns: 200 },
  );
});

test('texts of one hash are one text: none of 200,000 that differ little meet, in either half about as by chance', () => {
  const [whole, low] = [new Set<string>(), new Set<number>()];
  const count = 200_000;
  for (let index = 0; index < count; index += 1) {
    const hash = hashTexts([`row ${index}`, 'x']);
    whole.add(`${hash.low} ${hash.high}`);
    low.add(hash.low);
  }
  assert.is(whole.size, count);
  // n² / 2³³ = 4.7 are expected of 32 bits.
  assert.ok(count - low.size < 25, String(count - low.size));
});

test.run();
