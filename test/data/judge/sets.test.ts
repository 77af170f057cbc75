/** What holds of rows together: languages, lengths, one answer for all, rows of both sets; and what is in the loss. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../../lib/data/example.ts';
import { judge, type RowView } from '../../../lib/data/judge/judge.ts';
import { alpaca, only, viewed } from '../../support/judged.ts';

const test = suite('sets');
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test('empty answers and questions; a call of a tool is an answer', async () => {
  const rows: Example[] = [
    alpaca('a', ''),
    alpaca('a', ' \n'),
    alpaca('', 'b'),
    alpaca('', 'b', 'about c'),
    { kind: 'prompt', prompt: '', completion: 'x' },
    { kind: 'text', text: ' ' },
    { kind: 'text', text: 'x' },
    {
      kind: 'messages',
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: '' },
      ],
    },
  ];
  const at = async (id: string) => (await only(id, rows))?.places.map(({ row, column }) => `${row} ${column}`);
  assert.equal(await at('rows/empty-answer'), ['1 output', '2 output', '6 text']);
  assert.equal(await at('rows/empty-question'), ['3 instruction', '5 prompt']);
});

test('a few rows in another language than the rest; a set of two languages is one that is meant', async () => {
  const english = 'The model learns what is in the rows, and it learns what is wrong with them too.';
  const japanese = '行の中にあるものはすべて学習される。';
  const few = await only('rows/language', [...times(60, () => alpaca('q', english)), alpaca('q', japanese)]);
  assert.equal(few?.places, [{ file: 'rows.json', row: 61, line: 610 }]);
  assert.match(few?.message ?? '', /English \(98\.4 %\): Japanese 1\.$/);
  assert.equal(Object.keys(few?.figures ?? {}), ['en', 'ja']);
  const half = times(60, (index) => alpaca('q', index % 2 ? english : japanese));
  assert.is(await only('rows/language', half), undefined);
});

test('a row of another order of length, among rows that differ as rows do', async () => {
  const usual = times(200, (index) => alpaca('q', 'x'.repeat(50 + ((index * 37) % 400))));
  assert.is(await only('rows/outlier-length', usual), undefined);
  const found = await only('rows/outlier-length', [...usual, alpaca('q', 'x'.repeat(500_000))]);
  assert.equal(
    found?.places.map(({ row }) => row),
    [201],
  );
  assert.is(found?.figures?.longest, 500_001);
  // Of a few rows, none can be told to be unusual.
  assert.is(await only('rows/outlier-length', [...usual.slice(0, 50), alpaca('q', 'x'.repeat(500_000))]), undefined);
});

test('one label for nearly all; labels that are shared; one text among texts', async () => {
  const labels = (share: number) => times(200, (index) => alpaca(`q${index}`, index < 200 * share ? 'no' : 'yes'));
  assert.is((await only('rows/skew', labels(0.97)))?.count, 194);
  assert.is(await only('rows/skew', labels(0.7)), undefined);
  const texts = times(200, (index) => alpaca(`q${index}`, index % 5 === 0 ? 'I do not know.' : `answer ${index}`));
  const found = await only('rows/skew', texts);
  assert.is(found?.count, 40);
  assert.is(found?.figures?.share, 0.2);
  const different = times(200, (index) => alpaca(`q${index}`, `answer ${index}`));
  assert.is(await only('rows/skew', different), undefined);
});

test('one source for nearly all', async () => {
  const view = (source: string, index: number): RowView => ({
    ...viewed(alpaca(`q${index}`, `a${index}`), index),
    value: { source },
  });
  const skewed = await judge(times(100, (index) => view(index === 7 ? 'wiki' : 'forum', index)));
  assert.is(skewed.find(({ id }) => id === 'rows/skew')?.count, 99);
  const even = await judge(times(100, (index) => view(index % 2 ? 'wiki' : 'forum', index)));
  assert.equal(
    even.filter(({ id }) => id === 'rows/skew'),
    [],
  );
});

test('rows of the evaluation set that are trained on, whatever the order', async () => {
  const rows = [
    alpaca('a', '1'),
    alpaca('b', '2'),
    alpaca('c', '3'),
    alpaca('a', '1'),
    alpaca('b', 'other'),
    alpaca('d', '4'),
  ];
  const after = await only('rows/overlap', rows, { isEvaluation: (_, ordinal) => ordinal > 2 });
  assert.is(after?.count, 2);
  assert.equal(
    after?.pairs?.map(({ row, of }) => [row.row, of.row]),
    [
      [4, 1],
      [5, 2],
    ],
  );
  assert.is(after?.figures?.sameAnswer, 1);
  const before = await only('rows/overlap', rows, { isEvaluation: (_, ordinal) => ordinal <= 2 });
  assert.equal(
    before?.places.map(({ row }) => row),
    [1, 2],
  );
  assert.is(await only('rows/overlap', rows), undefined);
  assert.is(await only('rows/overlap', rows, { isEvaluation: (_, ordinal) => ordinal === 5 }), undefined);
});

/** `trained` as a text of 0 and 1; token 2 ends. */
function tokens(trained: string, end = true): RowView {
  const ids = [...trained].map((_, index) => (end && index === trained.length - 1 ? 2 : 100 + index));
  const example = alpaca('q', trained);
  return {
    file: 'rows.json',
    number: 1,
    value: example,
    example,
    tokens: { ids, trained: Uint8Array.from([...trained].map(Number)) },
  };
}

async function lossOf(views: readonly RowView[], maxLength?: number) {
  const found = await judge(
    views.map((view, index) => ({ ...view, number: index + 1 })),
    {
      eosToken: 2,
      ...(maxLength === undefined ? {} : { maxLength }),
    },
  );
  const ids = ['rows/too-long', 'rows/answer-cut', 'rows/nothing-trained', 'rows/end-not-trained'];
  return found
    .filter(({ id }) => ids.includes(id))
    .map(({ id, severity, places }) => [id, severity, places.map(({ row }) => row)]);
}

test('what is cut, what loses its answer, what trains nothing, what never ends', async () => {
  assert.equal(await lossOf([tokens('00111'), tokens('0011')]), []);
  assert.equal(await lossOf([tokens('00111'), tokens('0000111'), tokens('0000'), tokens('0011', false)], 4), [
    ['rows/answer-cut', 'warning', [2]],
    ['rows/nothing-trained', 'warning', [3]],
    ['rows/too-long', 'warning', [1, 2]],
    ['rows/end-not-trained', 'note', [4]],
  ]);
  assert.equal(await lossOf([tokens('0000'), tokens('000')]), [['rows/nothing-trained', 'error', [1, 2]]]);
  assert.equal(await lossOf([tokens('0011', false)]), [['rows/end-not-trained', 'warning', [1]]]);
  // The end token is cut off: told by too-long, and by it alone.
  const cut = await judge([tokens('00111')], { eosToken: 2, maxLength: 4 });
  assert.is(cut.find(({ id }) => id === 'rows/too-long')?.figures?.tokensCut, 1);
});

test('rows that make no example, and no rows, are no trouble', async () => {
  assert.equal(await judge([]), []);
  assert.equal(await judge([{ file: 'a', number: 1, value: 7 }]), []);
});

test.run();
