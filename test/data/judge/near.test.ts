/** Near duplicates: what is found is near, what is near is found as often as the formula says, in memory or on the disk. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Judge, type RowView } from '../../../lib/data/judge/judge.ts';
import { Shingles, sample, similarity } from '../../../lib/data/judge/shingles.ts';
import { bands, missed, Signature } from '../../../lib/data/judge/signature.ts';
import { alpaca, only } from '../../support/judged.ts';

const test = suite('near');

/** Numbers that look like chance, the same each time. */
function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function words(count: number, draw: () => number): string[] {
  return Array.from({ length: count }, () => `w${Math.floor(draw() * 5000)}`);
}

function shinglesOf(text: string): Uint32Array {
  const shingles = new Shingles();
  shingles.add(text);
  return shingles.sorted().slice();
}

/** By the definition, with strings. */
function plain(one: string, other: string): number {
  const sets = [one, other].map((text) => {
    const split = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    return new Set(split.slice(2).map((_, index) => split.slice(index, index + 3).join(' ')));
  });
  const [a = new Set(), b = new Set()] = sets;
  const both = [...a].filter((shingle) => b.has(shingle)).length;
  return both / Math.max(1, a.size + b.size - both);
}

test('the similarity of two texts is that of their sets of three words', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', 'E', '12', '3');
  const text = fc.array(word, { minLength: 3, maxLength: 60 }).map((list) => list.join(' '));
  fc.assert(
    fc.property(text, text, (one, other) => {
      assert.ok(Math.abs(similarity(shinglesOf(one), shinglesOf(other)) - plain(one, other)) < 1e-12);
    }),
    { numRuns: 300 },
  );
});

test('marks, spaces and capitals part words and are not looked at; letters of Japanese are words', () => {
  assert.is(similarity(shinglesOf('The cat, sat on (the) mat!'), shinglesOf('the  CAT sat on\nthe mat')), 1);
  assert.is(shinglesOf('吾輩は猫である').length, 5);
  assert.is(shinglesOf('吾輩は、猫である。').length, 5);
  assert.is(similarity(shinglesOf('吾輩は猫である'), shinglesOf('吾輩は犬である')), 2 / 8);
  assert.is(shinglesOf('Über café naïve').length, 1);
});

test('of long texts a sample is compared, with the error that is written', () => {
  const draw = drawing(7);
  let worst = 0;
  for (let round = 0; round < 20; round += 1) {
    const own = words(2000, draw);
    const other = own.map((word, index) => (index % 25 === 0 ? `x${index}` : word));
    const exact = plain(own.join(' '), other.join(' '));
    const [a, b] = [shinglesOf(own.join(' ')), shinglesOf(other.join(' '))].map((all) => all.subarray(0, sample));
    worst = Math.max(worst, Math.abs(similarity(a as Uint32Array, b as Uint32Array) - exact));
  }
  // Five standard errors at a similarity of 0.78.
  assert.ok(worst < 5 * Math.sqrt((0.78 * 0.22) / sample), String(worst));
});

test('pairs are missed about as often as the formula says', () => {
  const [signature, draw] = [new Signature(), drawing(11)];
  const rates = [0.5, 0.7, 0.85].map((share) => {
    let agree = 0;
    for (let round = 0; round < 400; round += 1) {
      // Sets of 300 hashes with exactly this share in common.
      const common = Math.round((2 * 300 * share) / (1 + share));
      const [all, one, other] = [common, 300 - common, 300 - common].map((count) =>
        Array.from({ length: count }, () => Math.floor(draw() * 2 ** 32)),
      );
      const [a, b] = [one, other].map((rest) =>
        signature.bandsOf(Uint32Array.from([...(all ?? []), ...(rest ?? [])]))?.slice(),
      );
      if (a?.some((band, index) => band === b?.[index])) agree += 1;
    }
    return { share, missed: 1 - agree / 400 };
  });
  assert.is(bands, 24);
  for (const rate of rates) {
    // Bins that stay empty make neighbours depend on each other: a little more is missed than the formula says.
    assert.ok(Math.abs(rate.missed - missed(rate.share)) < 0.08, JSON.stringify(rate));
  }
});

const draw = drawing(3);
const texts = Array.from({ length: 300 }, () => words(60, draw));
const rows = texts.map((text) => alpaca('q', text.join(' ')));

test('rows that have nothing in common are not told, nor are copies', async () => {
  assert.is(await only('rows/near-duplicate', rows), undefined);
  assert.is(await only('rows/near-duplicate', [...rows, ...rows]), undefined);
});

test('a word that is changed is found, with the row that it was changed from, also where all lies on the disk', async () => {
  const changed = texts.slice(0, 40).map((text) => alpaca('q', text.with(30, 'other').join(' ')));
  for (const memory of [undefined, 0]) {
    const found = await only('rows/near-duplicate', [...rows, ...changed], memory === undefined ? {} : { memory });
    assert.is(found?.count, 40);
    assert.equal(
      found?.pairs?.map(({ row, of }) => [row.row, of.row]),
      Array.from({ length: 10 }, (_, index) => [301 + index, 1 + index]),
    );
    for (const pair of found?.pairs ?? [])
      assert.ok(Math.abs(pair.similarity - 56 / 62) < 1e-9, String(pair.similarity));
    assert.match(found?.approximate ?? '', /0\.7/);
  }
});

test('half of the words changed is another row', async () => {
  const changed = texts.slice(0, 40).map((text) => alpaca('q', text.map((w, i) => (i % 2 ? `${w}x` : w)).join(' ')));
  assert.is(await only('rows/near-duplicate', [...rows, ...changed]), undefined);
});

test('only capitals and marks changed: near, though every word is the same', async () => {
  const text = texts[0]?.join(' ') ?? '';
  const found = await only('rows/near-duplicate', [alpaca('q', text), alpaca('q', `${text.toUpperCase()}!`)]);
  assert.is(found?.pairs?.[0]?.similarity, 1);
});

test('two sums that differ in a number are two rows', async () => {
  assert.is(await only('rows/near-duplicate', [alpaca('Add 2 and 3.', '5'), alpaca('Add 2 and 4.', '6')]), undefined);
});

test('a thousand rows of one pattern are one row with 999 that are near, in the time of a thousand', async () => {
  const pattern = texts[1]?.join(' ') ?? '';
  const many = Array.from({ length: 1000 }, (_, index) => alpaca('q', `${pattern} number${index}`));
  const found = await only('rows/near-duplicate', many);
  assert.is(found?.count, 999);
});

test('in steps it finds the same, and ends in a pause when it is told to', async () => {
  const rows = Array.from({ length: 300 }, (_, at): RowView => {
    const text = `It is the same long sentence, or nearly the same one, again and again: ${at % 7}`;
    return { file: 'rows.jsonl', number: at + 1, value: {}, example: alpaca('Tell me.', text) };
  });
  const told = new Judge();
  for (const row of rows) told.see(row);
  const whole = told.findings();
  assert.ok(whole.some(({ id }) => id === 'rows/near-duplicate'));
  const stepped = new Judge();
  for (const row of rows) stepped.see(row);
  let pauses = 0;
  const pause = async () => {
    pauses += 1;
  };
  assert.equal(await stepped.found(pause), whole);
  const all = pauses;
  assert.ok(all > 30, `${all} pauses`);
  let left = all - 1;
  const stop = async () => {
    left -= 1;
    if (left === 0) throw new Error('enough');
  };
  try {
    await stepped.found(stop);
    assert.unreachable();
  } catch (caught) {
    assert.is((caught as Error).message, 'enough');
  }
  told.close();
  stepped.close();
});

test.run();
