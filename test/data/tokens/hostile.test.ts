/** A tokenizer that is damaged, made by somebody with ill will, or cannot be opened here: the reason, and no crash. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadBinding } from '../../../lib/data/tokens/binding.ts';
import { NoTokens, openTokenizer, type TokenizerParts } from '../../../lib/data/tokens/tokenizer.ts';

const model = {
  type: 'BPE',
  fuse_unk: false,
  byte_fallback: false,
  vocab: { a: 0, b: 1, ab: 2 },
  merges: [['a', 'b']],
};
const whole = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  model,
};
const json = (more: object = {}) => JSON.stringify({ ...whole, ...more });
const normalizer = (precompiled_charsmap: unknown) => ({ normalizer: { type: 'Precompiled', precompiled_charsmap } });
const inSequence = { normalizer: { type: 'Sequence', normalizers: [normalizer('AAAA').normalizer] } };
const beyond = Buffer.from([8, 0, 0, 0, ...Array<number>(8).fill(255), 0]).toString('base64');
const named = [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
const processor = { type: 'TemplateProcessing', single: named, pair: [], special_tokens: {} };
const wordLevel = { type: 'WordLevel', vocab: { a: 0 }, unk_token: '[UNK]' };

async function reason(parts: TokenizerParts): Promise<string> {
  try {
    const { encode } = await openTokenizer(parts);
    await encode(['ab ba aaab', '', '\ud800', 'z']);
    return 'tokens';
  } catch (caught) {
    assert.instance(caught, NoTokens, String((caught as Error).stack));
    return (caught as Error).message;
  }
}

test('what is no tokenizer.json is told with the reason', async () => {
  const broken = [
    '',
    '\0',
    'null',
    '[]',
    '7',
    '{}',
    '<html>',
    `\ufeff${json()}`,
    json().slice(0, -20),
    '['.repeat(2e5),
  ];
  for (const text of broken) assert.match(await reason({ json: text }), /^tokenizer\.json cannot be read \(.+\)$/);
  assert.is(await reason({ json: json() }), 'tokens');
});

test('parts that do not fit are told', async () => {
  const models = [
    { ...model, type: 'Quantum' },
    { ...model, merges: [['a', 'z']] },
    { ...model, vocab: { a: -1 }, merges: [] },
    { ...model, vocab: { a: 2 ** 32 }, merges: [] },
    { ...model, dropout: 7 },
  ];
  const split = { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated', invert: false };
  for (const more of [...models.map((one) => ({ model: one })), { pre_tokenizer: split }])
    assert.match(await reason({ json: json(more) }), /^tokenizer\.json cannot be read/);
  assert.match(await reason({ json: json(), eos: '</s>' }), 'EOS token "</s>" is none of its tokens');
  assert.match(await reason({ json: json(), splitsSpecialTokens: true }), 'splits its special tokens');
});

test('what would end the process, where the Rust code panics, is told before it is asked', async () => {
  for (const charsmap of ['AAAA', '!!', beyond, 7, ''])
    assert.match(await reason({ json: json(normalizer(charsmap)) }), 'Precompiled normalizer is damaged');
  assert.match(await reason({ json: json(inSequence) }), 'Precompiled normalizer is damaged');
  assert.match(await reason({ json: json({ post_processor: processor }) }), 'names a special token');
  const processors = { post_processor: { type: 'Sequence', processors: [processor] } };
  assert.match(await reason({ json: json(processors) }), 'names a special token');
  const prefixed = { model: { ...model, continuing_subword_prefix: 'aaaaaaaa' } };
  assert.match(await reason({ json: json(prefixed) }), 'a merge is shorter than the prefix');
});

test('one that can be read and not be used: the text is not blamed', async () => {
  assert.match(
    await reason({ json: json({ model: wordLevel }) }),
    /^the tokenizer cannot take a text \(WordLevel error/,
  );
});

test('without the npm package: not installed, another one of its name, one that does not load', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft-binding-'));
  mkdirSync(join(folder, 'deep'));
  const place = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return pathToFileURL(join(folder, name)).href;
  };
  assert.equal(await loadBinding('cdksft-no-such-package'), {
    missing: 'the npm package tokenizers is not installed: npm install --save-dev tokenizers',
  });
  assert.match(JSON.stringify(await loadBinding(place('other.mjs', 'export const x = 1;'))), 'it is another one');
  const broken = place('broken.mjs', 'throw new Error("no addon for this system\\nand a page more");');
  assert.equal(await loadBinding(broken), {
    missing: 'the npm package tokenizers does not load here (no addon for this system)',
  });
  rmSync(folder, { recursive: true });
});

test.run();
