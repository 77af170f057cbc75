/** What is learnt of a row, with a tokenizer that one can reckon by hand: a letter is a token, "ab" is one, BOS is 0. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PlainRow, type TokenSettings, tokensOf } from '../../../lib/data/tokens/as-trained.ts';
import { countTokens, eachTokens } from '../../../lib/data/tokens/count.ts';
import { NoTokens } from '../../../lib/data/tokens/tokenizer.ts';

const idOf = (piece: string) => (piece === 'ab' ? 1000 : piece.charCodeAt(0));
const letters = {
  hash: 'letters',
  eos: '.',
  encode: async (texts: readonly string[]) =>
    texts.map((text) => Uint32Array.from([0, ...(text.match(/ab|./gs) ?? []).map(idOf)])),
};
const settings: TokenSettings = { maxLength: 6, completionOnly: true, packing: false };

async function shown(row: PlainRow, how: Partial<TokenSettings> = {}) {
  const [tokens] = await tokensOf([row], letters, { ...settings, ...how });
  const { ids, trained, whole, wholeTrained, isDropped, merged } = tokens as NonNullable<typeof tokens>;
  return { ids: [...ids], trained: trained.join(''), whole, wholeTrained, isDropped, merged };
}

test('the answer is learnt, with the EOS that ends it and is not written twice', async () => {
  const learnt = { ids: [0, 120, 121, 46], trained: '0011', whole: 4, wholeTrained: 2, isDropped: false, merged: 0 };
  assert.equal(await shown({ prompt: 'x', completion: 'y' }), learnt);
  assert.equal(await shown({ prompt: 'x', completion: 'y.' }), learnt);
  assert.is((await shown({ prompt: 'x', completion: 'y' }, { completionOnly: false })).trained, '1111');
  assert.is((await shown({ text: 'xy' })).trained, '1111');
});

test('a token across the border of prompt and answer is learnt', async () => {
  assert.equal(await shown({ prompt: 'xa', completion: 'b' }), {
    ids: [0, 120, 1000, 46],
    trained: '0011',
    whole: 4,
    wholeTrained: 2,
    isDropped: false,
    merged: 1,
  });
});

test('a row is cut at the maximum length, and left out where nothing to learn is left', async () => {
  const cut = await shown({ prompt: 'xyz', completion: 'uvw' });
  assert.equal([cut.ids.length, cut.trained, cut.whole, cut.wholeTrained, cut.isDropped], [6, '000011', 8, 4, false]);
  assert.is((await shown({ prompt: 'xyzxyz', completion: 'u' })).isDropped, true);
  assert.is((await shown({ prompt: 'xyzxyz', completion: 'u' }, { keepsEnd: true })).trained, '000011');
  const whole = await shown({ prompt: 'xyzxyz', completion: 'u' }, { maxLength: undefined });
  assert.equal([whole.ids.length, whole.isDropped], [9, false]);
  // Packing cuts where it makes sequences, and leaves nothing out.
  assert.equal((await shown({ prompt: 'xyzxyz', completion: 'u' }, { packing: true })).whole, 9);
});

test('counts: all tokens, those that are learnt, rows that are cut or left out, with their places', async () => {
  const rows: PlainRow[] = [
    { prompt: 'x', completion: 'y' },
    { prompt: 'xyzxyz', completion: 'u' },
    { prompt: 'xyz', completion: 'uvw' },
    { prompt: 'xa', completion: 'b' },
  ];
  assert.equal(await countTokens(rows, letters, settings), {
    rows: 4,
    tokens: 4 + 9 + 8 + 4,
    trained: 2 + 2 + 2,
    read: 4 + 6 + 4,
    length: { least: 4, mean: 6.3, p50: 4, p90: 9, p99: 9, most: 9 },
    histogram: [
      { from: 4, rows: 2 },
      { from: 8, rows: 2 },
    ],
    cut: { rows: 2, first: [1, 2] },
    dropped: { rows: 1, first: [1] },
    untrained: { rows: 0, first: [] },
    merged: { rows: 1, first: [3] },
  });
});

test('a tokenizer without EOS is refused, as TRL fails with one', async () => {
  const { eos: _, ...without } = letters;
  try {
    await countTokens([{ text: 'x' }], without, settings);
    assert.unreachable();
  } catch (caught) {
    assert.instance(caught, NoTokens);
  }
});

test('rows by batches are the rows one by one, however many there are', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'x', '.'), maxLength: 12 });
  const row = fc.oneof(fc.record({ prompt: text, completion: text }), fc.record({ text }));
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), async (some, times) => {
      const rows = Array.from({ length: times * 20 }, () => some).flat();
      const one = [];
      for (const each of rows) one.push(...(await tokensOf([each], letters, settings)));
      const all = [];
      for await (const each of eachTokens(rows, letters, settings)) all.push(each);
      assert.equal(all, one);
    }),
    { numRuns: 20 },
  );
});

test.run();
