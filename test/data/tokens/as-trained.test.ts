/** What is learnt of a row, with a tokenizer that one can reckon by hand: a letter is a token, "ab" is one, BOS is 0. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../../lib/data/example.ts';
import type { TemplateGiven } from '../../../lib/data/template/render.ts';
import type { TokenSettings, Tokens } from '../../../lib/data/tokens/as-trained.ts';
import { TokenCounter } from '../../../lib/data/tokens/count.ts';
import {
  eachTokens,
  type TokenisedExample,
  tokensOfExamples,
  trainedTemplate,
} from '../../../lib/data/tokens/examples.ts';
import { NoTokens, type Tokenizer } from '../../../lib/data/tokens/tokenizer.ts';

const pieces = (text: string) => [...text.matchAll(/ab|[^~]/gsu)];
const idsOf = (text: string) =>
  pieces(text).map(([piece]) => (piece === 'ab' ? 1000 : (piece.codePointAt(0) as number)));
/** "~" is left out, as normalizers do with some letters. */
const letters: Tokenizer = {
  hash: 'letters',
  eos: '.',
  special: { eos_token: '.' },
  encode: async (texts, adds = true) => texts.map((text) => Uint32Array.from([...(adds ? [0] : []), ...idsOf(text)])),
  locate: async (rows) =>
    rows.map(({ text, letters: asked }) => {
      const found = pieces(text);
      const holds = (letter: number) =>
        found.findIndex(({ 0: piece, index }) => index <= letter && letter < index + piece.length);
      return { ids: Uint32Array.from(idsOf(text)), tokens: asked.map(holds).map((at) => (at === -1 ? null : at)) };
    }),
};
const settings: TokenSettings = { maxLength: 6, packing: false };
interface How extends Partial<TokenSettings> {
  readonly all?: boolean;
  readonly template?: TemplateGiven;
}

type Said = { readonly prompt: string; readonly completion: string } | { readonly text: string };
const exampleOf = (said: Said): Example => ('text' in said ? { kind: 'text', ...said } : { kind: 'prompt', ...said });

async function tokensBy(example: Example, { all, template, ...how }: How = {}): Promise<Tokens> {
  const opened = trainedTemplate(template ?? { name: 'plain' }, letters, !all);
  const [row] = await tokensOfExamples([example], opened, letters, { ...settings, ...how });
  if (!row || 'refused' in row) throw new Error(row?.refused);
  return row.tokens;
}

async function shown(said: Said, how: How = {}) {
  const { ids, trained, whole, wholeTrained, isDropped, merged } = await tokensBy(exampleOf(said), how);
  return { ids: [...ids], trained: trained.join(''), whole, wholeTrained, isDropped, merged };
}

test('the answer is learnt, with the EOS that ends it and is not written twice', async () => {
  const learnt = { ids: [0, 120, 121, 46], trained: '0011', whole: 4, wholeTrained: 2, isDropped: false, merged: 0 };
  assert.equal(await shown({ prompt: 'x', completion: 'y' }), learnt);
  assert.equal(await shown({ prompt: 'x', completion: 'y.' }), learnt);
  assert.is((await shown({ prompt: 'x', completion: 'y' }, { all: true })).trained, '1111');
  assert.is((await shown({ text: 'xy' })).trained, '1111');
});

test('a token across the border of prompt and answer is learnt', async () => {
  assert.equal(await shown({ prompt: 'xa', completion: 'b' }), {
    ids: [0, 120, 1000, 46],
    trained: '0011',
    whole: 4,
    wholeTrained: 2,
    isDropped: false,
    merged: 1,
  });
});

test('a row is cut at the maximum length, and left out where nothing to learn is left', async () => {
  const cut = await shown({ prompt: 'xyz', completion: 'uvw' });
  assert.equal([cut.ids.length, cut.trained, cut.whole, cut.wholeTrained, cut.isDropped], [6, '000011', 8, 4, false]);
  assert.is((await shown({ prompt: 'xyzxyz', completion: 'u' })).isDropped, true);
  assert.is((await shown({ prompt: 'xyzxyz', completion: 'u' }, { keepsEnd: true })).trained, '000011');
  const whole = await shown({ prompt: 'xyzxyz', completion: 'u' }, { maxLength: undefined });
  assert.equal([whole.ids.length, whole.isDropped], [9, false]);
  // Packing cuts where it makes sequences, and leaves nothing out.
  assert.equal((await shown({ prompt: 'xyzxyz', completion: 'u' }, { packing: true })).whole, 9);
});

test('counts: all tokens, those that are learnt, rows that are cut or left out, with their places', async () => {
  const rows = [
    { prompt: 'x', completion: 'y' },
    { prompt: 'xyzxyz', completion: 'u' },
    { prompt: 'xyz', completion: 'uvw' },
    { prompt: 'xa', completion: 'b' },
  ];
  const counter = new TokenCounter();
  for (const row of rows) counter.add(await tokensBy(exampleOf(row)));
  assert.equal(counter.counts(), {
    rows: 4,
    length: {
      ...{ total: 4 + 9 + 8 + 4, least: 4, median: 4, p90: 9, p99: 9, most: 9 },
      histogram: [
        { from: 4, to: 7, rows: 2 },
        { from: 8, to: 15, rows: 2 },
      ],
    },
    trained: 2 + 2 + 2,
    read: 4 + 6 + 4,
    cut: { rows: 2, first: [1, 2] },
    dropped: { rows: 1, first: [1] },
    untrained: { rows: 0, first: [] },
    merged: { rows: 1, first: [3] },
  });
});

/** Of a dialogue, `blocks` in brackets: what the template marks. */
function marksOf(dialogue: string, how: How = {}): Promise<string> {
  const jinja = dialogue.replace(/\[/g, '{% generation %}').replace(/\]/g, '{% endgeneration %}');
  const example: Example = { kind: 'messages', messages: [{ role: 'assistant', content: 'x' }] };
  return tokensBy(example, { template: { jinja }, maxLength: 100, ...how }).then(({ trained }) => trained.join(''));
}

test('of a dialogue the tokens of marked letters are learnt, as transformers finds them', async () => {
  assert.is(await marksOf('xy[zz]x[y].'), '0011010');
  assert.is(await marksOf('xy[zz]x[y].', { all: true }), '1111111');
  // The token of the first letter to that of the last, which both may reach beyond the block.
  assert.is(await marksOf('xa[bz]x'), '0110');
  assert.is(await marksOf('x[za]bx'), '0110');
  // Two units are one letter.
  assert.is(await marksOf('🙂[🙂]x'), '010');
  // An empty block marks a token that it stands in; the first letter’s token counts as none where a block ends.
  assert.is(await marksOf('xa[]bx'), '010');
  assert.is(await marksOf('xy[]x'), '000');
  assert.is(await marksOf('[x]yz'), '111');
  // One that begins with a letter of no token ends it all.
  assert.is(await marksOf('x[y]x[~y]x[y]'), '010000');
});

test('rows of a prompt under a chat template: what both have in common is the prompt', async () => {
  const jinja = '{% for m in messages %}{{ m.content }}{% endfor %}{% if add_generation_prompt %}a{% endif %}';
  const found = await shown({ prompt: 'xy', completion: 'bz' }, { template: { jinja } });
  assert.equal([found.ids, found.trained, found.merged], [[120, 121, 98, 122], '0011', 1]);
});

test('what cannot be told is refused: no EOS for plain text, no template, no marks, a row that the template refuses', async () => {
  const { eos: _, ...without } = letters;
  assert.throws(
    () => trainedTemplate({ name: 'plain' }, without, true),
    (one: unknown) => one instanceof NoTokens,
  );
  assert.throws(() => trainedTemplate({ name: 'model' }, letters, true), /no chat template/);
  trainedTemplate({ name: 'chatml' }, without, true);
  const template = trainedTemplate(
    { jinja: "{% if messages[0].content == 'no' %}{{ raise_exception('Never.') }}{% endif %}x" },
    letters,
    true,
  );
  const rows = await tokensOfExamples(
    [
      exampleOf({ prompt: 'no', completion: '' }),
      exampleOf({ prompt: 'yes', completion: '' }),
      { kind: 'messages', messages: [{ role: 'assistant', content: 'x' }] },
    ],
    template,
    letters,
    settings,
  );
  const told = rows.map((row) => ('refused' in row ? row.refused : [...row.tokens.ids]));
  assert.equal(told, ['Never.', [120], 'the template does not mark answers by {% generation %}']);
});

test('the model’s own template, of several the one for tools where there are some', async () => {
  const template = { default: 'x', tool_use: '{{ tools | length }}' };
  const opened = trainedTemplate({ name: 'model' }, { ...letters, template }, false);
  const one: Example = { kind: 'messages', messages: [{ role: 'assistant', content: 'x' }] };
  assert.is(opened.render(one).text, 'x');
  assert.is(opened.render({ ...one, tools: [{}] }).text, '1');
  assert.throws(() => trainedTemplate({ name: 'model' }, { ...letters, template: { rag: 'x' } }, false), /default/);
});

test('rows by batches are the rows one by one, however many there are', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'x', '.'), maxLength: 12 });
  const row = fc.oneof(fc.record({ prompt: text, completion: text }), fc.record({ text })).map(exampleOf);
  const template = trainedTemplate({ name: 'plain' }, letters, true);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), async (some, times) => {
      const rows = Array.from({ length: times * 20 }, () => some).flat();
      const one: Tokens[] = [];
      for (const each of rows) one.push(await tokensBy(each));
      const all: TokenisedExample[] = [];
      for await (const each of eachTokens(rows, template, letters, settings)) all.push(each);
      assert.equal(
        all.map((each) => 'tokens' in each && each.tokens),
        one,
      );
    }),
    { numRuns: 20 },
  );
});

test.run();
