/** What the plan says is learnt of a row, the trainer learns: real trainings, and the labels that they had. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import type { Example } from '../../lib/data/example.ts';
import { builtIn } from '../../lib/data/template/built-in.ts';
import { openTemplate, type Rendered, type TemplateGiven } from '../../lib/data/template/render.ts';
import type { ChatTemplate } from '../../lib/settings/templates.ts';
import { dialogues, hostile, withTools } from '../support/hostile-dialogues.ts';
import { python } from '../support/python.ts';

const test = suite('what is learnt');
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const tokens = { bos_token: '<s>', eos_token: '</s>' };

interface Case {
  readonly name: string;
  readonly format: 'alpaca' | 'prompt' | 'messages';
  /** Of ours, or in Jinja. */
  readonly template: TemplateGiven;
  readonly examples: readonly Example[];
  readonly loss?: 'all';
}

interface Learnt {
  readonly rows: readonly { readonly ids: readonly number[]; readonly trained: readonly boolean[] }[];
  readonly texts: readonly {
    readonly ids: readonly number[];
    readonly offsets: readonly (readonly [number, number])[];
  }[];
  readonly template: string | null;
  readonly error?: string;
}

const answersOf = ({ messages }: Extract<Example, { kind: 'messages' }>) =>
  messages.filter(({ role, tool_calls }) => role === 'assistant' && tool_calls === undefined);

const short = dialogues.filter((one) => answersOf(one).every(({ content }) => content.trim() !== ''));
const steady = short.filter(({ messages: [first, second, third] }) =>
  first?.role === 'system' ? second?.role === 'user' && third?.role === 'assistant' : second?.role === 'assistant',
);
const prompts = hostile.map((text): Example => ({ kind: 'prompt', prompt: text, completion: `${text}!` }));
const alpacas = hostile.map((text, at): Example => {
  return { kind: 'alpaca', instruction: text, input: at % 2 ? text : '', output: `Answer ${text}` };
});

/** A template of a user, whose questions are nothing like ours. */
const own =
  '{%- for m in messages %}\n' +
  "{%- if m.role == 'assistant' %}{{ 'A: ' }}{% generation %}{{ m.content ~ eos_token }}{% endgeneration %}{{ '\\n' }}\n" +
  "{%- else %}{{ m.role | upper ~ ': ' ~ m.content ~ '\\n' }}{% endif %}\n" +
  "{%- endfor %}{% if add_generation_prompt %}{{ 'A: ' }}{% endif %}";

const cases: readonly Case[] = [
  { name: 'messages in ChatML', format: 'messages', template: { name: 'chatml' }, examples: short },
  {
    name: 'messages and calls of tools in Qwen’s',
    format: 'messages',
    template: { name: 'qwen' },
    examples: withTools,
  },
  { name: 'messages in Llama-2’s', format: 'messages', template: { name: 'llama2' }, examples: steady },
  { name: 'messages in a user’s own', format: 'messages', template: { jinja: own }, examples: short },
  { name: 'all of the messages', format: 'messages', template: { name: 'chatml' }, examples: short, loss: 'all' },
  { name: 'rows of Alpaca in Llama-2’s', format: 'alpaca', template: { name: 'llama2' }, examples: alpacas },
  { name: 'rows of Alpaca as Stanford has them', format: 'alpaca', template: { name: 'alpaca' }, examples: alpacas },
  { name: 'a prompt and its answer in Mistral’s', format: 'prompt', template: { name: 'mistral' }, examples: prompts },
];

const jinjaOf = (given: TemplateGiven) =>
  'jinja' in given ? given.jinja : (builtIn[given.name as ChatTemplate] as string | undefined);

function inputOf({ name, format, template, examples, loss }: Case, rendered: readonly Rendered[]) {
  const jinja = jinjaOf(template);
  const named = 'jinja' in template ? { file: 'own.jinja' } : template;
  const dialogue = format === 'messages';
  return {
    name,
    content: examples.map(({ kind: _, ...row }) => JSON.stringify(row)).join('\n'),
    data: { format, ...(jinja === undefined ? {} : { template: { ...named, sha256: sha256(jinja) } }) },
    template: jinja ?? null,
    specials: rendered[0]?.addsSpecialTokens ?? false,
    sft: dialogue ? { completion_only_loss: false, ...(loss === 'all' ? {} : { assistant_only_loss: true }) } : {},
    texts: rendered.map(({ text }) => text),
  };
}

/** Offsets are letters in Python. */
function isLearnt([start, end]: readonly [number, number], { text, trained }: Rendered): boolean {
  const units = (letters: number) => [...text].slice(0, letters).join('').length;
  const [from, to] = [units(start), units(end)];
  return trained.some(([first, last]) => from < last && to > first);
}

let folder = '';
let said: Learnt[] = [];
const plans = cases.map(({ template, examples, loss }) => {
  const opened = openTemplate(template, { tokens, answersOnly: loss !== 'all' });
  return examples.map((example) => opened.render(example));
});

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-labels-'));
  const input = JSON.stringify({ folder, cases: cases.map((one, at) => inputOf(one, plans[at] ?? [])) });
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const env = { ...process.env, PYTHONPATH: root('trainer') };
  const { status, stdout, stderr } = spawnSync(python(), [root('test/python/train_labels.py')], { ...options, env });
  assert.is(status, 0, stderr);
  said = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Learnt);
});
test.after(() => rmSync(folder, { recursive: true }));

for (const [at, one] of cases.entries())
  test(one.name, () => {
    const { rows, texts, template, error } = said[at] as Learnt;
    assert.is(error, undefined);
    const plan = plans[at] ?? [];
    assert.is(rows.length, plan.length);
    for (const [index, rendered] of plan.entries()) {
      const [row, text] = [rows[index], texts[index]];
      const where = `row ${index}: ${JSON.stringify(rendered.text)}`;
      assert.equal(row?.ids, text?.ids, where);
      // A token of no letters is one that the tokenizer adds, before the answer.
      const expected = text?.offsets.map(([start, end]) => start < end && isLearnt([start, end], rendered));
      assert.equal(row?.trained, expected, where);
    }
    assert.is(template, jinjaOf(one.template) ?? null);
  });

test.run();
