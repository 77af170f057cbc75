import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeFrame } from '../../lib/base/code-frame.ts';
import type { Finding } from '../../lib/finding.ts';
import { coloured, findingsText } from '../../lib/finding-text.ts';

const lines = ['const a = 1;', '\tconst b = a;', 'export {};', ''];
const source = (file: string) => (file === 'x.ts' ? lines : undefined);
const shown = (at: string, from = source) => codeFrame(at, from).map(({ text, caret }) => [text, caret]);

test('the line, one before, one after, and the caret’s place', () => {
  assert.equal(shown('x.ts:2:2'), [
    ['const a = 1;', undefined],
    ['  const b = a;', 2],
    ['export {};', undefined],
  ]);
  assert.equal(shown('x.ts:1:1'), [
    ['const a = 1;', 0],
    ['  const b = a;', undefined],
  ]);
  assert.equal(shown('x.ts:3:8').at(-1), ['export {};', 7]);
});

test('no column, no caret; no line or no file, no frame', () => {
  assert.equal(shown('x.ts:1')[0], ['const a = 1;', undefined]);
  assert.equal(shown('x.ts:1:99')[0], ['const a = 1;', undefined]);
  for (const at of ['x.ts', 'x.ts:9:1', 'x.ts:0:1', 'y.ts:1:1', '', ':1:1']) assert.equal(shown(at), [], at);
});

test('a long line is cut to a window around the caret, and controls are shown as what they are', () => {
  const long = `${'a'.repeat(5000)}!${'b'.repeat(5000)}`;
  const [line] = codeFrame('z.ts:1:5001', () => [long]);
  assert.ok(line && line.text.length < 120);
  assert.is(line.text[line.caret ?? -1], '!');
  const [hostile] = codeFrame('z.ts:1:2', () => ['\u001b[2J;']);
  assert.is(hostile?.text, '\\u001b[2J;');
  assert.is(hostile?.caret, 6);
});

test('a place that several findings share is shown once; colour goes around, not into, the lines', () => {
  const one: Finding = { id: 'a/b', severity: 'error', where: { at: 'x.ts:2:2' }, message: 'No.', fix: 'Do.' };
  const text = findingsText([one, { ...one, id: 'a/c' }], undefined, source);
  assert.is(text.match(/\^/g)?.length, 1);
  assert.match(
    text,
    '  at     x.ts:2:2\n    1 | const a = 1;\n  > 2 |   const b = a;\n      |   ^\n    3 | export {};\n  do ',
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const bare = findingsText([one, { ...one, id: 'a/c' }], coloured, source).replaceAll(/\u001b\[\d+m/g, '');
  assert.is(bare, text);
});

test.run();
