/** Texts of pieces that tokenizers treat in ways of their own. */
import fc from 'fast-check';
import { hostile } from './hostile-dialogues.ts';

const pieces: readonly string[] = [
  ...[
    ' ',
    '  ',
    '\n',
    '\n\n',
    ' \n',
    '\n ',
    '\t',
    '\r\n',
    '\u00a0',
    '\u0085',
    '\u3000',
    '▁',
    '\u200b',
    '\ufeff',
    '\u2028',
  ],
  ...[
    'a',
    'I',
    'the',
    'word',
    'Hello',
    "'s",
    "'S",
    "'ll",
    "'",
    '"',
    '.',
    '...',
    '!?',
    '>',
    ' >',
    '<',
    '</',
    '_',
    '--',
    '{',
  ],
  ...[
    '1',
    '23',
    '4567',
    'é',
    'e\u0301',
    '\u0301',
    'ß',
    'ſ',
    'Ω',
    '日本',
    '語',
    '🙂',
    '👩‍👩‍👧',
    '\ud83d',
    'नमस्ते',
    'ไทย',
    '\u0000',
    '\x7f',
  ],
  ...hostile,
];

/** `more`: further pieces, as a tokenizer's added tokens. */
export function oddText(more: readonly string[] = []): fc.Arbitrary<string> {
  const some = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 14 });
  return fc.tuple(some, fc.constantFrom('', '', ' ')).map(([all, between]) => all.join(between));
}
