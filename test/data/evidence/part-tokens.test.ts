/** Counts of a part of the rows: those of rows as they are cut and left out one by one. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PartCounter } from '../../../lib/data/evidence/part-tokens.ts';
import { tokensOf } from '../../../lib/data/tokens/as-trained.ts';
import type { Tokenizer } from '../../../lib/data/tokens/tokenizer.ts';

/** A token a letter; the answer is all that comes behind what is asked. */
const letters: Tokenizer = {
  hash: '',
  special: {},
  encode: async (texts) => texts.map((text) => Uint32Array.from(text, (letter) => letter.charCodeAt(0))),
  locate: async () => [],
};
const rendered = (asked: number, answered: number) => ({
  text: 'q'.repeat(asked) + 'a'.repeat(answered),
  asked: 'q'.repeat(asked),
  trained: [],
  addsSpecialTokens: false,
  differences: [],
});
interface Row {
  readonly whole: Uint8Array;
  readonly kept: Uint8Array;
  readonly isDropped: boolean;
}
const sum = (rows: readonly Row[], of: (one: Row) => number) => rows.reduce((all, one) => all + of(one), 0);
const ones = (bits: Uint8Array) => bits.reduce((all, bit) => all + bit, 0);

/** As one would do it by hand. */
function cut(whole: Uint8Array, maxLength: number | undefined, keepsEnd: boolean): Row {
  const at = maxLength ?? 100;
  const kept = keepsEnd ? whole.slice(-at) : whole.slice(0, at);
  return { whole, kept, isDropped: maxLength !== undefined && !kept.includes(1) };
}

test('cut at either end, or not at all: as rows are cut one by one', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 20 }),
      fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
      fc.boolean(),
      async (sizes, maxLength, keepsEnd) => {
        const rows = sizes.map(([asked, answered]) => rendered(asked, answered));
        const tokens = await tokensOf(rows, letters);
        const all = tokens.map(({ trained }) => cut(trained, maxLength, keepsEnd));
        const counter = new PartCounter({
          ...(maxLength === undefined ? {} : { maxLength }),
          packing: false,
          keepsEnd,
        });
        for (const { whole } of all) counter.add(whole);
        const left = all.filter(({ isDropped }) => !isDropped);
        const { dropped, ...counts } = counter.counts();
        assert.equal(counts, {
          rows: rows.length,
          cut: left.filter(({ kept, whole }) => kept.length < whole.length).length,
          tokensBefore: sum(all, ({ whole }) => whole.length),
          sequences: left.length,
          tokens: sum(left, ({ kept }) => kept.length),
          trainedTokens: sum(left, ({ kept }) => ones(kept)),
        });
        assert.is(dropped.cutOff + dropped.untrained, all.length - left.length);
        assert.is(dropped.untrained, all.filter((one) => one.isDropped && ones(one.whole) === 0).length);
      },
    ),
  ));

test('packed, each row is cut where its sequence is, and none is left out', () => {
  const counter = new PartCounter({ maxLength: 4, packing: true, keepsEnd: true });
  for (const bits of [[0, 0, 0, 0, 1], [1, 1], [0], [1, 1, 1]]) counter.add(Uint8Array.from(bits));
  const { rows, dropped, cut, tokensBefore, sequences, tokens, trainedTokens } = counter.counts();
  assert.equal([rows, dropped, cut], [4, { cutOff: 0, untrained: 0 }, 1]);
  assert.equal([tokensBefore, tokens, trainedTokens, sequences], [11, 10, 5, 3]);
});

test('longer rows dropped, or split into parts of nearly the same length', () => {
  const rows = [
    [0, 1, 1, 1, 1, 1, 1, 1, 1],
    [1, 1],
    [0, 0, 0, 0],
  ].map((bits) => Uint8Array.from(bits));
  const counted = (tooLong: 'drop' | 'split') => {
    const counter = new PartCounter({ maxLength: 4, packing: false, keepsEnd: false, tooLong });
    for (const bits of rows) counter.add(bits);
    return counter.counts();
  };
  assert.equal(counted('drop'), {
    ...{ rows: 3, dropped: { cutOff: 0, untrained: 1, tooLong: 1 }, cut: 0 },
    ...{ tokensBefore: 15, sequences: 1, tokens: 2, trainedTokens: 2 },
  });
  assert.equal(counted('split'), {
    ...{ rows: 3, dropped: { cutOff: 0, untrained: 1 }, split: { rows: 1, into: 3 }, cut: 0 },
    ...{ tokensBefore: 15, sequences: 4, tokens: 11, trainedTokens: 10 },
  });
});

test.run();
