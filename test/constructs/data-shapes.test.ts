/** Formats that are found, columns that are called otherwise, and dialogues: what a run is called by them, and what is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectFiles } from '../../lib/data/inspect.ts';
import { Dataset, Model } from '../../lib/index.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { artifactText, usersOf } from '../../lib/report/artifact-text.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('shapes of rows');
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-shapes-'));
});
test.after(() => rmSync(folder, { recursive: true }));

type Props = Omit<Parameters<typeof Dataset.fromFile>[2], 'path'>;

function collected(rows: readonly unknown[], props: Props = {}) {
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  const made = oneRun(({ stack }) => ({ data: Dataset.fromFile(stack, 'own', { path, ...props }) }));
  return { ...made, findings: made.findings.filter(({ id }) => id.startsWith('data/')) };
}

function runOn(rows: readonly unknown[], props: Props = {}) {
  const made = collected(rows, props);
  assert.equal(made.findings, []);
  const [manifest] = made.manifests;
  const data = manifest?.resources.find((one): one is Artifact => one.life === 'artifact' && one.make === 'data');
  if (!data) throw new Error('no data');
  const job = jobOf(made);
  return { identity: job.identity, key: data.key, spec: data.spec, said: artifactText(data, usersOf([job])) };
}

function told(rows: readonly unknown[], props: Props = {}) {
  return collected(rows, props).findings.map(({ id, where, message, fix }) => ({ id, path: where.path, message, fix }));
}

test('a format that is found is the run that it would be if it were written', () => {
  for (const [format, row] of [
    ['alpaca', { instruction: 'a', output: 'b' }],
    ['prompt', { prompt: 'a', completion: 'b' }],
    ['text', { text: 'a' }],
  ] as const) {
    const found = runOn([row, row]);
    assert.equal(found, runOn([row, row], { format }));
    assert.is(found.spec.format, format);
    assert.is(found.said, `2 rows · ${format} format`);
  }
});

test('alpaca goes before other formats that fit, as it did when it was the default; among others nothing is guessed', () => {
  const alpaca = { instruction: 'a', input: '', output: 'b', text: 'c', messages: [] };
  assert.is(runOn([alpaca]).spec.format, 'alpaca');
  const [first] = told([{ text: 'a', prompt: 'b', completion: 'c' }]);
  assert.is(first?.id, 'data/missing-column');
  assert.is(first?.fix, "Its columns are those of the formats prompt, text: write format: 'prompt' or format: 'text'.");
});

test('columns that are called otherwise: another run, and the same one where they say nothing', () => {
  const row = { question: 'a', answer: 'b', instruction: 'c', output: 'd' };
  const columns = { instruction: 'question', output: 'answer' };
  const mapped = runOn([row], { columns });
  const plain = runOn([row]);
  assert.equal(mapped.spec.columns, columns);
  assert.is.not(mapped.identity, plain.identity);
  assert.is.not(mapped.key, plain.key);
  assert.equal(runOn([row], { columns: { instruction: 'instruction' } }), plain);
  assert.is(plain.spec.columns, undefined);
  assert.is(runOn([{ q: 'a', a: 'b' }], { columns: { prompt: 'q', completion: 'a' } }).spec.format, 'prompt');
});

test('a name that no row has is told with the nearest one', () => {
  const row = { question: 'a', context: 'b', answer: 'c' };
  const columns = { instruction: 'qestion', input: 'contxt', output: 'answer' };
  assert.equal(told([row, row], { columns }), [
    {
      id: 'data/missing-column',
      path: `${join(folder, 'rows.jsonl')}:1, ${join(folder, 'rows.jsonl')}:2`,
      message: `2 rows of ${join(folder, 'rows.jsonl')} have no column "qestion".`,
      fix: "Did you mean 'question'? Correct columns: { instruction: 'qestion' }.",
    },
    {
      id: 'data/missing-column',
      path: 'columns.input',
      message: 'No row has a column "contxt".',
      fix: "Did you mean 'context'? Correct columns: { input: 'contxt' }.",
    },
  ]);
  const [wrong] = told([{ text: 'a' }], { format: 'text', columns: { prompt: 'text' } });
  assert.is(wrong?.id, 'data/columns');
  assert.is(wrong?.message, 'The format text has no column "prompt".');
  const hub = oneRun(({ stack }) => ({
    data: Dataset.fromHub(stack, 'own', { id: 'a/b', columns: { prompt: 'text' } }),
  }));
  assert.is(hub.findings[0]?.id, 'data/columns');
});

test('dialogues: what cannot be learnt from is an error, the rest a warning, each with its places', () => {
  const user = { role: 'user', content: 'a' };
  const assistant = { role: 'assistant', content: 'b' };
  const rows = [
    [user, assistant],
    [user, { role: 'asistant', content: 'b' }],
    [user],
    [user, user, assistant],
    [user, { role: 'assistant', content: 3 }],
    [user, { role: 'assistant', content: '' }],
    [user, user, assistant],
    'a',
  ].map((messages) => JSON.stringify({ messages }));
  writeFileSync(join(folder, 'chats.jsonl'), rows.join('\n'));
  const { shape, findings } = inspectFiles(folder, ['chats.jsonl'], {}, {});
  assert.is(shape.format, 'messages');
  assert.equal(
    findings.map(({ severity, id, where, count }) => [severity, id, where.path, count]),
    [
      ['error', 'data/role', 'chats.jsonl:2', 1],
      ['error', 'data/no-answer', 'chats.jsonl:3', 1],
      ['warning', 'data/role-order', 'chats.jsonl:4, chats.jsonl:7', 2],
      ['error', 'data/not-text', 'chats.jsonl:5', 1],
      ['error', 'data/empty-answer', 'chats.jsonl:6', 1],
      ['error', 'data/messages', 'chats.jsonl:8', 1],
    ],
  );
  assert.is(
    findings[0]?.message,
    'A row of chats.jsonl has a message in "messages" whose role "asistant" is not known.',
  );
  assert.is(findings[0]?.fix, 'Did you mean "assistant"?');
});

test('dialogues go by the tokenizer’s own chat template; random weights have none, and one is named', () => {
  const path = join(folder, 'dialogues.json');
  writeFileSync(
    path,
    JSON.stringify([
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
    ]),
  );
  const config = {
    model_type: 'llama',
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 1,
    num_attention_heads: 2,
  };
  const errors = (random: boolean, template?: 'chatml') =>
    oneRun(({ stack }) => ({
      data: Dataset.fromFile(stack, 'own', { path, ...(template ? { template } : {}) }),
      ...(random ? { model: Model.fromConfig(stack, 'random', { config }) } : {}),
    }))
      .findings.filter(({ severity }) => severity === 'error')
      .map(({ id }) => id);
  assert.equal(errors(false), []);
  assert.equal(errors(true, 'chatml'), []);
  assert.equal(errors(true), ['data/needs-template']);
});

test('roles that nobody knows do not make a finding each', () => {
  const rows = Array.from({ length: 500 }, (_, index) => ({ messages: [{ role: `role ${index}`, content: 'a' }] }));
  writeFileSync(join(folder, 'roles.json'), JSON.stringify(rows));
  const { findings } = inspectFiles(folder, ['roles.json'], {}, {});
  assert.is(findings.length, 21);
  assert.is(
    findings.reduce((sum, { count = 1 }) => sum + count, 0),
    500,
  );
});

test.run();
