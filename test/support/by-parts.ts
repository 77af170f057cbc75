/** Holds a tokenizer that goes by parts to the native one, ids and places of letters. */
import * as assert from 'uvu/assert';
import { loadBinding, type NativeTokenizer } from '../../lib/data/tokens/binding.ts';
import { openTokenizer, type Tokenizer } from '../../lib/data/tokens/tokenizer.ts';

export interface Both {
  readonly ours: Tokenizer;
  readonly native: NativeTokenizer;
}

export async function both(json: string): Promise<Both> {
  const loaded = await loadBinding();
  if ('missing' in loaded) throw new Error(loaded.missing);
  const native = loaded.native.Tokenizer.fromString(json);
  native.disableTruncation();
  native.disablePadding();
  return { ours: await openTokenizer({ json }), native };
}

/** Every letter of a short text, else some of them, with two that are outside of it. */
function lettersOf(text: string): number[] {
  const step = Math.max(1, Math.floor(text.length / 12));
  return [-1, text.length, ...Array.from({ length: Math.ceil(text.length / step) }, (_, at) => at * step)];
}

const points = (text: string, letter: number) => [...text.slice(0, letter + 1)].length - 1;

/** Begins of texts, as their prompts are: whether what both have in common is found. */
async function holdBegins(texts: readonly string[], { ours, native }: Both): Promise<void> {
  assert.ok(ours.part);
  for (const addSpecialTokens of [true, false]) {
    const rows = texts.map((text, at) => ({ text, begin: Math.floor((text.length * (at % 5)) / 4) }));
    const begins = rows.map(({ text, begin }) => text.slice(0, begin));
    const expected = (await native.encodeBatch(begins, { addSpecialTokens })).map((one) => one.getIds());
    for (const [at, { ids, border, merged }] of (await ours.part(rows, addSpecialTokens)).entries()) {
      const own = expected[at] ?? [];
      const parts = own.findIndex((id, index) => id !== ids[index]);
      const same = parts === -1 ? own.length : parts;
      assert.equal([border, merged], [same, own.length - same], JSON.stringify(rows[at]));
    }
  }
}

export async function holdToNative(texts: readonly string[], { ours, native }: Both): Promise<void> {
  for (const addSpecialTokens of [true, false]) {
    const expected = await native.encodeBatch(texts, { addSpecialTokens });
    const found = await ours.encode(texts, addSpecialTokens);
    for (const [at, text] of texts.entries())
      assert.equal([...(found[at] ?? [])], expected[at]?.getIds(), JSON.stringify(text));
  }
  await holdBegins(texts, { ours, native });
  const rows = texts.map((text) => ({ text, letters: lettersOf(text) }));
  const expected = await native.encodeBatch(texts, { addSpecialTokens: false });
  for (const [at, { ids, tokens }] of (await ours.locate(rows)).entries()) {
    const { text, letters } = rows[at] as (typeof rows)[number];
    const isIn = (letter: number) => letter >= 0 && letter < text.length;
    const places = letters.map((one) => (isIn(one) ? expected[at]?.charToToken(points(text, one)) : null));
    assert.equal([[...ids], tokens], [expected[at]?.getIds(), places], JSON.stringify(text));
  }
}
