/** Where texts are taken apart, for small tokenizers of each kind; test/python has those that people train with. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Borders, bordersOf } from '../../../lib/data/tokens/borders.ts';
import { ByParts } from '../../../lib/data/tokens/by-parts.ts';
import type { Begun, Located } from '../../../lib/data/tokens/located.ts';
import { both, holdToNative } from '../../support/by-parts.ts';
import { oddText } from '../../support/odd-texts.ts';

type Parts = Readonly<Record<string, unknown>>;

/** As train tokenizers of SentencePiece become: bytes, letters, and these merges. */
function merging(merges: readonly (readonly [string, string])[], letters: string, more: Parts = {}): Parts {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const pieces = ['<unk>', '<s>', ...bytes, ...letters, ...merges.map((pair) => pair.join(''))];
  const vocab = Object.fromEntries([...new Set(pieces)].map((piece, id) => [piece, id]));
  return { type: 'BPE', unk_token: '<unk>', fuse_unk: true, byte_fallback: true, vocab, merges, ...more };
}

const special = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
const begin = {
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
};
const metaspace = (prepend_scheme: string, split = false) => ({
  type: 'Metaspace',
  replacement: '▁',
  prepend_scheme,
  split,
});

function tokenizer(model: Parts, more: Parts = {}): string {
  const added_tokens = [{ ...special, id: 1, content: '<s>' }];
  const none = { normalizer: null, pre_tokenizer: null, post_processor: begin, decoder: null };
  return JSON.stringify({ version: '1.0', truncation: null, padding: null, added_tokens, ...none, ...more, model });
}

const apart = merging(
  [
    ['t', 'h'],
    ['th', 'e'],
    ['▁', 'the'],
    ['▁', '▁'],
    ['o', 'r'],
    ['w', 'or'],
    ['▁', 'wor'],
  ],
  '▁therowd\n.',
);
const across = merging(
  [
    ['o', 'r'],
    ['t', 'h'],
    ['th', 'e'],
    ['▁', '▁'],
    ['.', '▁'],
    ['.▁', 'the'],
    ['\n', 't'],
    ['d', '▁▁'],
  ],
  '▁therowd\n.',
);

const llama2 = tokenizer(apart, { pre_tokenizer: metaspace('first') });
const gemma = tokenizer(across, { normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' } });

function bytesModel(): Parts {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  const letters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
  const merges = [
    ['Ġ', 't'],
    ['h', 'e'],
    ['Ġt', 'he'],
    ['Ċ', 'Ċ'],
    ['Ġ', 'Ġ'],
  ];
  const vocab = Object.fromEntries(
    ['<unk>', '<s>', ...letters, ...merges.map((pair) => pair.join(''))].map((piece, id) => [piece, id]),
  );
  return { type: 'BPE', vocab, merges };
}

const bytes = (more: Parts = {}) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: true,
  ...more,
});
const gpt2 = tokenizer(bytesModel(), { pre_tokenizer: bytes() });

const kinds = { llama2, gemma, gpt2 };
for (const [name, json] of Object.entries(kinds))
  test(`${name}: ids and letters by parts are those of the text`, async () => {
    const two = await both(json);
    assert.ok(bordersOf(json));
    await fc.assert(
      fc.asyncProperty(fc.array(oddText(['<s>', ' <s> ', '. ', '.\n', ' the', '.the']), { maxLength: 8 }), (texts) =>
        holdToNative(texts, two),
      ),
      { numRuns: 100 },
    );
  });

test('a space is no border where a merge goes across it, nor a line break', () => {
  assert.equal(bordersOf(llama2), { joined: new Set(), afterLineBreak: false, keepsLetters: true });
  const joined = new Set(['.', 'd'].map((letter) => letter.charCodeAt(0)));
  assert.equal(bordersOf(gemma), { joined, afterLineBreak: false, keepsLetters: true });
  assert.equal(bordersOf(gpt2), { joined: new Set(), afterLineBreak: false, keepsLetters: true });
});

test('tokenizers of which it is not known are left as they are', () => {
  const pre_tokenizer = metaspace('first');
  const added = (more: Parts) => [{ ...special, id: 1, content: '<s>', ...more }];
  const post_processor = { ...bytes({ trim_offsets: true }) };
  const strange: Record<string, string> = {
    'a prefix before each text': tokenizer(apart, { normalizer: { type: 'Prepend', prepend: '▁' } }),
    'a prefix after each token': tokenizer(apart, { pre_tokenizer: metaspace('always') }),
    'an added token that takes space with it': tokenizer(apart, {
      pre_tokenizer,
      added_tokens: added({ rstrip: true }),
    }),
    'an added token with a space': tokenizer(apart, { pre_tokenizer, added_tokens: added({ content: 'a b' }) }),
    dropout: tokenizer({ ...apart, dropout: 0.1 }, { pre_tokenizer }),
    'whole texts that are tokens': tokenizer({ ...apart, ignore_merges: true }, { pre_tokenizer }),
    'another pattern': tokenizer(bytesModel(), {
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: '[a-z] [a-z]' }, behavior: 'Isolated', invert: false },
          bytes({ use_regex: false }),
        ],
      },
    }),
    'another model': tokenizer({ type: 'WordLevel', vocab: { '<unk>': 0 }, unk_token: '<unk>' }, { pre_tokenizer }),
    'letters made small': tokenizer(bytesModel(), { normalizer: { type: 'Lowercase' }, pre_tokenizer: bytes() }),
  };
  for (const [what, json] of Object.entries(strange)) assert.is(bordersOf(json), undefined, what);
  assert.is(bordersOf(tokenizer(bytesModel(), { pre_tokenizer: bytes(), post_processor }))?.keepsLetters, false);
});

test('calls at once do not mix', async () => {
  const two = await both(llama2);
  const texts = Array.from({ length: 200 }, (_, at) => `the word ${at} the.the ${'x'.repeat(at)} ${at}`);
  await Promise.all([holdToNative(texts, two), holdToNative(texts.toReversed(), two), holdToNative(texts, two)]);
});

test('what is kept is forgotten when it is much, and made anew', async () => {
  const { native } = await both(gpt2);
  const parts = new ByParts(native, bordersOf(gpt2) as Borders, [[1], []], 20);
  const sizes: number[] = [];
  const ours = {
    hash: '',
    special: {},
    encode: (texts: readonly string[], adds = true) => parts.encode(texts, adds),
    locate: (rows: readonly Located[]) => parts.locate(rows),
    part: (rows: readonly Begun[], adds: boolean) => parts.part(rows, adds),
  };
  for (let turn = 0; turn < 12; turn += 1) {
    const texts = Array.from({ length: 9 }, (_, at) => `the ${turn} word ${at * turn} the`);
    await holdToNative(texts, { ours, native });
    sizes.push(parts.size);
  }
  assert.ok(Math.max(...sizes) < 60 && sizes.some((size, at) => size < (sizes[at - 1] ?? 0)), `${sizes}`);
});

test.run();
