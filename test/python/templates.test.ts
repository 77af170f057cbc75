/** What the plan renders, transformers renders, byte by byte; and what we say is trained on is what TRL trains on. */
import { existsSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../lib/data/example.ts';
import { builtIn } from '../../lib/data/template/built-in.ts';
import { type Conversation, conversationOf } from '../../lib/data/template/conversation.ts';
import { openTemplate, type Rendered, type Spans, type TemplateGiven } from '../../lib/data/template/render.ts';
import { chatTemplates } from '../../lib/settings/templates.ts';
import { dialogues, withTools } from '../support/hostile-dialogues.ts';
import { skip } from '../support/skip.ts';
import { inLetters, joined, root, type Said, tokens, transformersSays } from '../support/transformers.ts';

const test = suite('templates as transformers renders them');

function planSays(given: TemplateGiven, example: Example): Rendered | { readonly error: string } {
  try {
    return openTemplate(given, { tokens, answersOnly: true }).render(example);
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function letterOfParting(a: string, b: string): number {
  const [first, second] = [[...a], [...b]];
  const at = first.findIndex((letter, index) => letter !== second[index]);
  return at < 0 ? first.length : at;
}

/** What of it transformers, or TRL where there is a prompt, would train on. */
function trainedBy({ text = '', trained = [], prompt }: Said): Spans {
  if (prompt === undefined) return joined(trained);
  const [start, end] = [letterOfParting(text, prompt), [...text].length];
  return start < end ? [[start, end]] : [];
}

/** Returns how many of the examples both render, and how many both refuse. */
function alike(given: readonly { readonly template: string; readonly example: Example }[]) {
  const cases = given.map(({ template, example }) => ({ template, ...(conversationOf(example) as Conversation) }));
  const said = transformersSays(cases, builtIn);
  const counted = { rendered: 0, refused: 0 };
  for (const [index, { template, example }] of given.entries()) {
    const theirs = said[index] as Said;
    const ours = planSays({ name: template }, example);
    const where = `${template}, example ${index}: ${JSON.stringify(example).slice(0, 300)}`;
    if ('error' in ours) {
      assert.is(theirs.error, ours.error, where);
      counted.refused += 1;
      continue;
    }
    assert.is(ours.text, theirs.text, `${where} ${theirs.error}`);
    assert.equal(inLetters(ours.text, ours.trained), trainedBy(theirs), where);
    counted.rendered += 1;
  }
  return counted;
}

const each = (examples: readonly Example[]) =>
  chatTemplates.flatMap((template) => examples.map((example) => ({ template, example })));

test('every built-in template, on dialogues by hand', () => {
  const found = alike(each([...dialogues, ...withTools]));
  assert.ok(found.rendered > 200, JSON.stringify(found));
  assert.ok(found.refused > 20, JSON.stringify(found));
});

test('rows of a prompt and its answer: what is trained on begins where TRL parts them', () => {
  const rows = dialogues
    .map(({ messages }) => messages.map(({ content }) => content))
    .map(([prompt = '', completion = '']): Example => ({ kind: 'prompt', prompt, completion }));
  assert.equal(alike(each(rows)), { rendered: rows.length * chatTemplates.length, refused: 0 });
});

const shared = root('../shared/data/alpaca_en_demo.json');
const name = 'every built-in template, on the real rows of Alpaca';
if (existsSync(shared))
  test(name, () => {
    const rows = JSON.parse(readFileSync(shared, 'utf8')) as Record<'instruction' | 'input' | 'output', string>[];
    const found = alike(each(rows.map((row) => ({ kind: 'alpaca', ...row }))));
    assert.equal(found, { rendered: 999 * chatTemplates.length, refused: 0 });
  });
else skip(name, 'the shared real data is not there');

/** Ours are written anew: where TRL ships the model's own, both say the same, the tokens that are trained on too. */
test('the templates of Llama-3, Gemma, Phi-3 and Qwen2.5 that TRL ships', () => {
  const twins = { llama3: 'llama3', gemma: 'gemma3', phi: 'phi3', qwen: 'qwen2_5' } as const;
  const examples = [...dialogues, ...withTools];
  const cases = Object.entries(twins).flatMap(([ours, theirs]) =>
    examples.flatMap((example) => {
      const rendered = planSays({ name: ours }, example);
      const conversation = conversationOf(example) as Conversation;
      return 'error' in rendered ? [] : [{ theirs, rendered, conversation }];
    }),
  );
  const said = transformersSays(
    cases.flatMap(({ theirs, conversation }) => [
      { template: `trl:${theirs}.jinja`, ...conversation },
      { template: `trl:${theirs}_training.jinja`, ...conversation },
    ]),
    {},
  );
  for (const [index, { theirs, rendered }] of cases.entries()) {
    const [shipped, training] = [said[2 * index], said[2 * index + 1]];
    const where = `${theirs}: ${JSON.stringify(rendered.text).slice(0, 200)}`;
    assert.is(rendered.text, shipped?.text, where);
    assert.is(rendered.text, training?.text, where);
    // TRL has the line break behind Qwen's role be learnt too, but where the row is a prompt and its answer.
    const line = theirs === 'qwen2_5' ? 1 : 0;
    const expected = joined(training?.trained ?? []).map(([start, end]) => [start + line, end]);
    assert.equal(inLetters(rendered.text, rendered.trained), expected, where);
  }
  assert.ok(cases.length > 100);
});

test.run();
