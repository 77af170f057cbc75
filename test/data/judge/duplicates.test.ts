/** Exact duplicates and conflicts: found, with both rows; and nothing else is. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, type RowView } from '../../../lib/data/judge/judge.ts';
import { alpaca, only } from '../../support/judged.ts';

const test = suite('duplicates');

test('a copy is told with the first of its kind; spaces, letters and columns count', async () => {
  const rows = [
    alpaca('a', 'b'),
    alpaca('a', 'b '),
    alpaca('a', 'b', ' '),
    alpaca('b', 'a'),
    alpaca('a', 'b'),
    alpaca('A', 'b'),
    alpaca('a', 'b'),
  ];
  const found = await only('rows/duplicate', rows);
  assert.is(found?.count, 2);
  assert.equal(
    found?.pairs?.map(({ row, of }) => [row.row, of.row]),
    [
      [5, 1],
      [7, 1],
    ],
  );
  assert.equal(found?.places[0], { file: 'rows.json', row: 5, line: 50 });
});

test('another split of the same letters is no copy', async () => {
  assert.is(await only('rows/duplicate', [alpaca('ab', 'c'), alpaca('a', 'bc')]), undefined);
});

test('one question with two answers; the same answer again is none', async () => {
  const rows = [alpaca('q', 'one'), alpaca('q', 'one'), alpaca('q', 'two'), alpaca('q', 'one', 'about x')];
  const found = await only('rows/conflict', rows);
  assert.is(found?.count, 1);
  assert.equal(
    found?.pairs?.map(({ row, of }) => [row.row, of.row]),
    [[3, 1]],
  );
});

test('rows that make no example are no duplicates of each other', async () => {
  const row = (number: number): RowView => ({ file: 'rows.json', number, value: 7 });
  assert.equal(
    (await judge([row(1), row(2)])).filter(({ id }) => id === 'rows/duplicate'),
    [],
  );
});

test('the first ten places, and the whole count', async () => {
  const rows = Array.from({ length: 30 }, () => alpaca('a', 'b'));
  const found = await only('rows/duplicate', rows);
  assert.is(found?.count, 29);
  assert.equal(
    found?.places.map(({ row }) => row),
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
});

test.run();
