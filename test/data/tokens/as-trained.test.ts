/** What is learnt of a row, with a tokenizer that one can reckon by hand: a letter is a token, "ab" is one, BOS is 0. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../../lib/data/example.ts';
import { openRenderer } from '../../../lib/data/review/rendering.ts';
import { outcomeOf } from '../../../lib/data/template/outcome.ts';
import type { TemplateGiven } from '../../../lib/data/template/render.ts';
import { openTemplate } from '../../../lib/data/template/render.ts';
import { NoTokens, type Tokenizer } from '../../../lib/data/tokens/tokenizer.ts';
import { type CutSettings, type CutTokens, rowTokens, tokensOfOutcomes } from '../../support/row-tokens.ts';

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
const settings: CutSettings = { maxLength: 6, packing: false };
interface How extends Partial<CutSettings> {
  readonly all?: boolean;
  readonly template?: TemplateGiven;
}

type Said = { readonly prompt: string; readonly completion: string } | { readonly text: string };
const exampleOf = (said: Said): Example => ('text' in said ? { kind: 'text', ...said } : { kind: 'prompt', ...said });

/** Rendered here, not in a process of its own: it does the same, and starting it would be most of the time. */
async function tokensBy(example: Example, { all, template, ...how }: How = {}): Promise<CutTokens> {
  const opened = openTemplate(template ?? { name: 'plain' }, { tokens: letters.special, answersOnly: !all });
  const [row] = await tokensOfOutcomes([outcomeOf(opened, example)], letters, { ...settings, ...how });
  if (!row || 'refused' in row) throw new Error(row?.refused);
  return row;
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

const plain = { name: 'plain' } as const;

test('what cannot be told is refused: no EOS for plain text, no template, no marks, a row that the template refuses', async () => {
  const { eos: _, ...without } = letters;
  const reason = (name: 'plain' | 'model' | 'chatml', tokenizer: Tokenizer) =>
    openRenderer({ name }, { tokenizer, answersOnly: true }).then(
      async (made) => {
        await made.close();
        return 'opened';
      },
      (caught: unknown) => caught instanceof NoTokens && caught.message,
    );
  assert.is(await reason('plain', without), 'the tokenizer has no EOS token, and TRL needs one');
  assert.is(await reason('model', letters), 'the tokenizer has no chat template');
  assert.is(await reason('chatml', without), 'opened');
  const jinja = "{% if messages[0].content == 'no' %}{{ raise_exception('Never.') }}{% endif %}x";
  const rows = await rowTokens(
    [
      exampleOf({ prompt: 'no', completion: '' }),
      exampleOf({ prompt: 'yes', completion: '' }),
      { kind: 'messages', messages: [{ role: 'assistant', content: 'x' }] },
    ],
    letters,
    { template: { jinja }, answersOnly: true, ...settings },
  );
  const told = rows.map((row) => ('refused' in row ? row.refused : [...row.ids]));
  assert.equal(told, ['Never.', [120], 'the template does not mark answers by {% generation %}']);
});

test('the model’s own template, of several the one for tools where there are some', async () => {
  const one: Example = { kind: 'messages', messages: [{ role: 'assistant', content: 'x' }] };
  const texts = async (template: Record<string, string>) => {
    const renderer = await openRenderer({ name: 'model' }, { tokenizer: { ...letters, template }, answersOnly: false });
    try {
      const outcomes = await renderer.render([one, { ...one, tools: [{}] }, one]);
      return outcomes.map((outcome) => 'rendered' in outcome && outcome.rendered.text);
    } finally {
      await renderer.close();
    }
  };
  assert.equal(await texts({ default: 'x', tool_use: '{{ tools | length }}' }), ['x', '1', 'x']);
  const refused = await texts({ rag: 'x' }).catch((caught: Error) => caught.message);
  assert.match(String(refused), /default/);
});

test('rows together are the rows one by one, of whichever kinds they are', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'x', '.'), maxLength: 12 });
  const row = fc.oneof(fc.record({ prompt: text, completion: text }), fc.record({ text })).map(exampleOf);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), async (some, times) => {
      const rows = Array.from({ length: times * 20 }, () => some).flat();
      const one: CutTokens[] = [];
      for (const each of rows) one.push(await tokensBy(each));
      assert.equal(await rowTokens(rows, letters, { template: plain, answersOnly: true, ...settings }), one);
    }),
    { numRuns: 20 },
  );
});

test.run();
