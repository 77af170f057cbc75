/** Under chat templates, ids and trained tokens that the plan counts are those that the trainer makes, row by row. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../../lib/base/json.ts';
import { exampleOf } from '../../lib/data/example.ts';
import { readDataFile } from '../../lib/data/file.ts';
import { builtIn } from '../../lib/data/template/built-in.ts';
import type { TemplateGiven } from '../../lib/data/template/render.ts';
import { findTokenizer } from '../../lib/data/tokens/locate.ts';
import { openTokenizer, type Tokenizer } from '../../lib/data/tokens/tokenizer.ts';
import type { ChatTemplate } from '../../lib/settings/templates.ts';
import { dialogues, withTools } from '../support/hostile-dialogues.ts';
import { python } from '../support/python.ts';
import { type CutSettings, type RowTokens, rowTokens } from '../support/row-tokens.ts';
import { skip } from '../support/skip.ts';
import { llama2Folder, type Published, publishedFolder } from '../support/tokenizers.ts';

const test = suite('tokens under chat templates');
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sft-chat-tokens-'));
test.after(() => rmSync(folder, { recursive: true }));

const real = root('../shared/data/alpaca_en_demo.json');
const alpaca = readDataFile(existsSync(real) ? real : root('examples/data/everyday.json')).rows.values as JsonObject[];

const asRow = ({ kind: _, ...row }: { readonly kind: string }) => row as unknown as JsonObject;
/** Real questions and answers as dialogues of several turns, some with a system message. */
const talks = Array.from({ length: Math.floor(alpaca.length / 3) }, (_, at): JsonObject => {
  const turns = alpaca.slice(3 * at, 3 * at + 1 + (at % 3)).flatMap(({ instruction = '', output = '' }) => [
    { role: 'user', content: instruction },
    { role: 'assistant', content: output },
  ]);
  return { messages: at % 4 === 0 ? [{ role: 'system', content: 'Be short.' }, ...turns] : turns };
});
const isRow = (row: JsonObject) => exampleOf(row, 'messages').example !== undefined;
const hostileTalks = dialogues.map(asRow).filter(isRow);
const tools = withTools.map(asRow);
const prompts = alpaca.slice(0, 60).map(({ instruction = '', output = '' }) => ({
  prompt: ` ${instruction} `,
  completion: ` ${output}`,
}));

/** A template of a user: a block that holds no more than the answer, one that may be empty, and a question of another shape. */
const own =
  "{%- for m in messages %}{% if m.role == 'assistant' %}A:{% generation %}{{ m.content }}{% endgeneration %}\n" +
  '{% generation %}{{ m.name }}{% endgeneration %}{% else %}{{ m.role }}: {{ m.content }}\n{% endif %}{% endfor %}' +
  '{% if add_generation_prompt %}A: think{% endif %}';

interface Case {
  readonly template: TemplateGiven;
  readonly format: 'alpaca' | 'prompt' | 'messages';
  readonly values: readonly JsonObject[];
  readonly cut?: CutSettings;
  /** The loss is on all of a row. */
  readonly all?: boolean;
}

const uncut: CutSettings = { maxLength: undefined, packing: false };
const short: CutSettings = { maxLength: 48, packing: false };

const casesFor = (name: ChatTemplate, some = talks): Case[] => [
  { template: { name }, format: 'alpaca', values: alpaca },
  { template: { name }, format: 'alpaca', values: alpaca.slice(0, 150), cut: short },
  { template: { name }, format: 'messages', values: some, cut: { maxLength: 256, packing: false } },
  { template: { name }, format: 'messages', values: hostileTalks },
  { template: { name }, format: 'messages', values: some.slice(0, 60), cut: { ...short, keepsEnd: true } },
  { template: { name }, format: 'messages', values: some.slice(0, 60), cut: { maxLength: 48, packing: true } },
];
const ownCases: readonly Case[] = [
  { template: { jinja: own }, format: 'messages', values: [...talks.slice(0, 100), ...hostileTalks] },
  { template: { jinja: own }, format: 'messages', values: hostileTalks, all: true, cut: short },
  { template: { jinja: own }, format: 'prompt', values: prompts },
];

const llama2 = llama2Folder(folder);
if (!llama2) skip('Llama 2', 'the shared real data is not there');
const publishedCases: readonly (readonly [Published, readonly Case[]])[] = [
  ['llama3', [...casesFor('llama3'), ...ownCases, { template: { name: 'phi' }, format: 'prompt', values: prompts }]],
  [
    'qwen3',
    [
      ...casesFor('qwen'),
      { template: { name: 'qwen' }, format: 'messages', values: tools },
      { template: { name: 'chatml' }, format: 'messages', values: talks },
      { template: { name: 'model' }, format: 'alpaca', values: alpaca.slice(0, 150) },
      { template: { name: 'model' }, format: 'messages', values: [...talks.slice(0, 50), ...tools], all: true },
    ],
  ],
  [
    'gemma3',
    [
      ...casesFor('gemma'),
      ...ownCases,
      { template: { name: 'model' }, format: 'alpaca', values: alpaca.slice(0, 150) },
      // It does not mark what is said: TRL has one in its place that does.
      {
        template: { name: 'model' },
        format: 'messages',
        values: talks.slice(0, 120),
        cut: { ...short, maxLength: 256 },
      },
    ],
  ],
];
const given: readonly (readonly [string, string, readonly Case[]])[] = [
  ...publishedCases.map(([name, cases]) => [name, publishedFolder(name), cases] as const),
  ...(llama2 ? [['llama2', llama2, [...casesFor('llama2'), ...casesFor('mistral'), ...ownCases]] as const] : []),
];

type Made = string | readonly [ids: readonly number[], trained: string, merged: number];
interface Said {
  readonly folder: string;
  readonly prepared: readonly (readonly Made[])[];
}

const jinjaOf = (template: TemplateGiven) =>
  'jinja' in template ? template.jinja : (builtIn[template.name as ChatTemplate] ?? null);

function trainerSays(): Said[] {
  const tokenizers = given.map(([, place, cases]) => ({
    folder: place,
    cases: cases.map(({ template, format, values, all, cut = uncut }) => ({
      ...{ format, values, template: jinjaOf(template) },
      sft: {
        max_length: cut.maxLength ?? null,
        truncation_mode: cut.keepsEnd ? 'keep_end' : 'keep_start',
        packing: cut.packing,
        completion_only_loss: !all && format !== 'messages',
        assistant_only_loss: !all && format === 'messages',
      },
    })),
  }));
  const input = JSON.stringify({ root: folder, tokenizers });
  const env = { ...process.env, PYTHONPATH: root('trainer') };
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 30, env } as const;
  const { status, stdout, stderr } = spawnSync(python(), [root('test/python/chat_tokens.py')], options);
  assert.is(status, 0, stderr);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Said);
}

function shown(row: RowTokens): Made {
  if ('refused' in row) return 'refused';
  const { ids, trained, isDropped, merged } = row;
  return isDropped ? 'dropped' : [[...ids], trained.join(''), merged > 0 ? 1 : 0];
}

async function planSays({ template, format, values, all, cut = uncut }: Case, tokenizer: Tokenizer): Promise<Made[]> {
  const examples = values.flatMap((value) => exampleOf(value, format).example ?? []);
  assert.is(examples.length, values.length);
  return (await rowTokens(examples, tokenizer, { template, answersOnly: !all, ...cut })).map(shown);
}

const said = trainerSays();
for (const [at, [name, place, cases]] of given.entries())
  test(name, async () => {
    const { folder: written, prepared } = said[at] as Said;
    const { transformers } = JSON.parse(readFileSync(join(written, 'manifest.json'), 'utf8')) as {
      transformers: string;
    };
    const { parts, isLoaded } = findTokenizer({ folder: place }, { cache: '', workspace: folder, transformers });
    assert.ok(isLoaded);
    const tokenizer = await openTokenizer(parts);
    const met = new Set<string>();
    for (const [index, one] of cases.entries()) {
      const found = await planSays(one, tokenizer);
      const expected = prepared[index] ?? [];
      assert.is(found.length, expected.length);
      const what = `${JSON.stringify({ ...one.template, format: one.format, ...one.cut, all: one.all })}`;
      for (const [row, made] of found.entries()) {
        const theirs = expected[row] as Made;
        met.add(typeof theirs === 'string' ? theirs : 'made');
        // A training stops where nothing of a dialogue is marked; the plan says of the row that nothing is learnt.
        if (theirs === 'assistant-only') assert.ok(made === 'dropped' || /^0*$/.test(made[1] as string), what);
        else assert.equal(made, theirs, `${what}: row ${row}`);
      }
    }
    assert.ok(met.has('made') && met.has('dropped'), [...met].join());
  });

test('a template that marks nothing, as it stands in a folder: TRL was not asked', async () => {
  const { parts } = findTokenizer({ folder: publishedFolder('gemma3') }, { cache: '' });
  const tokenizer = await openTokenizer(parts);
  const dialogue = exampleOf(talks[0], 'messages').example;
  assert.ok(dialogue);
  let reason = '';
  await rowTokens([dialogue], tokenizer, { template: { name: 'model' }, answersOnly: true, ...uncut }).catch(
    (caught: Error) => {
      reason = caught.message;
    },
  );
  assert.match(reason, 'does not mark what is said');
});

test.run();
