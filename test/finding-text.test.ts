import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../lib/finding.ts';
import { coloured, findingsText, findingText } from '../lib/finding-text.ts';

const finding: Finding = {
  id: 'setting/invalid',
  severity: 'error',
  where: { at: 'stacks/x.ts:18:3', construct: 'x/sft', path: 'epochs' },
  given: -1,
  message: 'epochs must be more than 0.',
  fix: 'Change epochs.',
};

test('what is wrong, where, what was given, what to do', () => {
  assert.is(
    findingText(finding),
    [
      'error: epochs must be more than 0.  [setting/invalid]',
      '  at     stacks/x.ts:18:3  x/sft  epochs',
      '  given  -1',
      '  do     Change epochs.',
    ].join('\n'),
  );
});

test('errors come first, then the order of the file, by number', () => {
  const at = (place: string, severity: Finding['severity'] = 'error'): Finding => ({
    ...finding,
    severity,
    id: place,
    where: { at: place },
  });
  const text = findingsText([at('a.ts:10:1'), at('a.ts:9:1', 'note'), at('a.ts:9:12'), at('a.ts:9:2')]);
  assert.equal(text.match(/\[a\.ts[^\]]*\]/g), ['[a.ts:9:2]', '[a.ts:9:12]', '[a.ts:10:1]', '[a.ts:9:1]']);
});

test('hostile text cannot command a terminal, and a long value is cut', () => {
  const text = findingText({
    ...finding,
    where: { path: 'a\u001b]0;title\u0007' },
    given: 'x'.repeat(500),
    message: 'line one\nline two \u202e',
    count: 3,
  });
  for (const character of '\u001b\u0007\u202e') assert.not.match(text, character);
  assert.match(text, '\\u001b]0;title\\u0007');
  assert.match(text, /^error: line one\n {2}line two \\u202e \(3 times\)/);
  assert.ok(text.split('\n').every((line) => line.length < 230));
});

test('colour is put around words only by the style', () => {
  assert.not.match(findingText(finding), '\u001b');
  assert.match(findingText(finding, coloured), '\u001b[31merror\u001b[39m: \u001b[1mepochs');
});

test.run();
