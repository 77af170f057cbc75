/** Comma- and tab-separated values, and text: fields as they are, mistakes with their line. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BrokenData } from '../../lib/data/broken.ts';
import { readLines, readTable } from '../../lib/data/tables.ts';

const test = suite('tables');

function broken(text: string, mark: ',' | '\t' = ',') {
  try {
    readTable(text, mark);
    return undefined;
  } catch (caught) {
    if (!(caught instanceof BrokenData)) throw caught;
    return [caught.id, caught.line, caught.message];
  }
}

test('quoted separators, quotes and line breaks; the line on which each row begins', () => {
  const text = 'instruction,output\r\n"a, b","say ""x"""\r\n\r\n"two\nlines",c\r\nlast,\r\n';
  assert.equal(readTable(text, ','), {
    values: [
      { instruction: 'a, b', output: 'say "x"' },
      { instruction: 'two\nlines', output: 'c' },
      { instruction: 'last', output: '' },
    ],
    lines: [2, 4, 6],
    repeated: [],
  });
});

test('values stay text: formulas, numbers, spaces, quotes inside a field, columns without a name', () => {
  const { values } = readTable(',prompt,__proto__\n0,=SUM(A1:A2), 1 \n1,5"x,\'@\n', ',');
  assert.equal(
    values.map((row) => Object.entries(row as object)),
    [
      [
        ['', '0'],
        ['prompt', '=SUM(A1:A2)'],
        ['__proto__', ' 1 '],
      ],
      [
        ['', '1'],
        ['prompt', '5"x'],
        ['__proto__', "'@"],
      ],
    ],
  );
  assert.equal(readTable('text\tmore\na, b\t"c\td"', '\t').values, [{ text: 'a, b', more: 'c\td' }]);
});

test('a ragged row is told by its line, and how many more there are', () => {
  assert.equal(broken('a,b\n"1\n",2\n1,2,3\n4\n'), [
    'data/ragged',
    4,
    'has 3 fields at line 4, and 2 in its header, and 1 more rows differ',
  ]);
});

test('quotes that do not close, and a column twice', () => {
  assert.equal(broken('a,b\n1,"2\n3,4\n'), ['data/not-csv', 2, 'has a quote that is not closed at line 2']);
  assert.equal(broken('a,b\n1,"2\n3"4\n'), ['data/not-csv', 3, 'has more behind a closing quote at line 3']);
  assert.equal(broken('a,b,a\n1,2,3\n'), ['data/header', 1, 'has the column "a" twice in its header']);
  assert.is(broken(',a,\n1,2,3\n'), undefined);
});

test('a header alone has no rows; an empty field in quotes is a row', () => {
  assert.equal(readTable('a,b\n', ',').values, []);
  assert.equal(readTable('text\n\n""\n', ',').values, [{ text: '' }]);
});

test('text: a row a line', () => {
  assert.equal(readLines('a\r\n\n  b\n'), { values: [{ text: 'a' }, { text: '  b' }], lines: [1, 3], repeated: [] });
});

test.run();
