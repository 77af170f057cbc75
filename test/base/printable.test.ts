import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { harmless, printable } from '../../lib/base/printable.ts';

const commands = ['\u0007', '\u0000', '\r', '\u007f', '\u009b31m', '\u202e', '\u2066', '\u200f', '\u061c', '\u2028'];

test('what commands a terminal, hides or turns text is shown as its number', () => {
  for (const text of [...commands, '\u001b[2J', '\u001b]0;title\u0007', '\u001b[31m'])
    assert.match(printable(`a${text}b`), /^a\\u[0-9a-f]{4}[ -~]*b$/);
  assert.is(printable('é\t名\n😀'), 'é\t名\n😀');
});

test('the last fence lets colours pass, and leaves JSON its meaning', () => {
  assert.is(harmless('\u001b[1;31mred\u001b[0m'), '\u001b[1;31mred\u001b[0m');
  for (const text of ['\u001b[2J', '\u001b]8;;x', '\u001bc', '\u001b[?25l', '\u001b[31', ...commands]) {
    assert.is(harmless(`a${text}`).charCodeAt(1), 92);
    assert.equal(JSON.parse(harmless(JSON.stringify([text]))), [text]);
  }
});

test.run();
