/** Templates that do not end are ended, with the row and the line, and without harm to us. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../../lib/data/example.ts';
import { openBounded, RowStopped, stoppedFinding } from '../../../lib/data/template/bounded.ts';
import { openTemplate } from '../../../lib/data/template/render.ts';
import { TemplateSyntax } from '../../../lib/data/template/tags.ts';

const test = suite('templates that are rendered apart');
const options = { tokens: { eos_token: '</s>' }, answersOnly: true };
const bounds = { seconds: 0.3, size: 2 ** 20, memory: 64 };
const asked = (prompt: string): Example => ({ kind: 'prompt', prompt, completion: 'Yes.' });

async function outcomes(jinja: string, examples: readonly Example[]) {
  const template = await openBounded({ jinja }, options, bounds);
  try {
    return await template.render(examples);
  } finally {
    await template.close();
  }
}

async function stopped(jinja: string, examples: readonly Example[]): Promise<RowStopped> {
  try {
    await outcomes(jinja, examples);
  } catch (caught) {
    if (caught instanceof RowStopped) return caught;
    throw caught;
  }
  throw new Error('it came to an end');
}

const chat = `{% for message in messages %}{{ message.content }}{% if message.role == 'assistant' %}{% generation %}{{ eos_token }}{% endgeneration %}{% endif %}
{% endfor %}`;

test('what is rendered apart is what is rendered here', async () => {
  const examples = [asked('a'), asked('é\n\u{1f600}'), { kind: 'text', text: 'no turns' } as const];
  const found = await outcomes(chat, examples);
  const here = openTemplate({ jinja: chat }, options);
  assert.equal(found, [
    { rendered: here.render(examples[0] as Example) },
    { rendered: here.render(examples[1] as Example) },
    { unfit: 'a chat template takes no rows of text' },
  ]);
});

test('a row that the template refuses, and one that it cannot write, are told apart', async () => {
  const jinja = `{% if messages[0].content == 'a' %}{{ raise_exception('not a') }}{% endif %}{{ messages[0].content + 1 }}`;
  assert.equal(await outcomes(jinja, [asked('a'), asked('b')]), [
    { refused: 'not a' },
    { failed: 'cannot add text and a number' },
  ]);
});

test('a loop in a loop is ended at its row, and told by the line of the inner one', async () => {
  const endless = `{% if messages[0].content == 'b' %}
{% for a in range(100000) %}
  {% for b in range(100000) %}{% set c = b %}{% endfor %}
{% endfor %}{% endif %}`;
  const { by, row, line } = await stopped(endless, [asked('a'), asked('a'), asked('b'), asked('a')]);
  assert.equal([by, row, line], ['time', 2, 3]);
});

test('a text that doubles is ended, whether it is seen to grow or fills the memory at once', async () => {
  const doubling = `{% set n = namespace(text='12345678') %}
{% for a in range(60) %}{% set n.text = n.text ~ n.text %}{% endfor %}`;
  assert.equal(await stopped(doubling, [asked('a')]).then(({ by, line }) => [by, line]), ['size', 2]);
  // A million letters become as many texts, of half a million each.
  const bursting = `{% set n = namespace(text='a,') %}{% for a in range(18) %}{% set n.text = n.text ~ n.text %}{% endfor %}
{% set rest = n.text.replace(',', n.text) %}`;
  assert.equal(await stopped(bursting, [asked('a')]).then(({ by, row }) => [by, row]), ['size', 0]);
});

test('after a row that was ended, others are rendered', async () => {
  const jinja = `{% if messages[0].content == 'b' %}{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}{% endif %}ok`;
  const template = await openBounded({ jinja }, { ...options, answersOnly: false }, bounds);
  const refused = await template.render([asked('b')]).catch((caught: unknown) => caught);
  assert.instance(refused, RowStopped);
  const [fine] = await template.render([asked('a')]);
  assert.is(fine && 'rendered' in fine && fine.rendered.text, 'ok');
  await template.close();
});

test('a process that dies under its rows is taken for one of them, which is found', async () => {
  const jinja = `{% if messages[0].content == 'b' %}{% set n = namespace(list=[messages]) %}{% for a in range(19) %}{% set n.list = n.list + [n.list|tojson] %}{% endfor %}{% endif %}ok`;
  const found = await stopped(jinja, [asked('a'), asked('b'.repeat(1)), asked('a')]);
  assert.is(found.row, 1);
});

test('what is no Jinja is told before any row', async () => {
  const caught = await outcomes('a\n{% for %}', []).catch((error: unknown) => error);
  assert.instance(caught, TemplateSyntax);
  assert.is((caught as TemplateSyntax).line, 2);
});

test('the finding names row and line', () => {
  const found = stoppedFinding(new RowStopped('time', 4, 7), 'rows.jsonl:9', { construct: 'a/rows' }, 'own.jinja');
  assert.is(found.where.path, 'own.jinja:7');
  assert.is(found.message, 'own.jinja takes too long in its loop at line 7, and was stopped at rows.jsonl:9.');
  const model = stoppedFinding(new RowStopped('size', 0), 'rows.jsonl:1', {});
  assert.is(model.message, 'The template writes far too much, and was stopped at rows.jsonl:1.');
});

test.run();
