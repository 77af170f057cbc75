/** `sft data inspect` with tokens: a tokenizer that is named, that of a run, and none; templates of the user. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Documents } from '../../lib/report/documents.ts';
import { programText } from '../support/programs.ts';
import { faultsOf } from '../support/schemas.ts';
import { makeProject, type Ran, sft, startSft } from '../support/sft.ts';
import { publishedFolder } from '../support/tokenizers.ts';

const test = suite('data inspect with tokens');

let folder = '';
test.before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sft-tokens-')));
});
test.after(() => rmSync(folder, { recursive: true }));

const qwen = publishedFolder('qwen3');
const write = (name: string, ...rows: readonly object[]) =>
  writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const inspect = (...args: string[]) => sft(folder, 'data', 'inspect', ...args);

function documentOf({ out, err }: Ran): Documents['data-inspect'] {
  assert.not.equal(out, '', err);
  const value: unknown = JSON.parse(out);
  assert.equal(faultsOf('data-inspect', value), []);
  return value as Documents['data-inspect'];
}

test('a tokenizer that is named counts; the text says what is trained; without one the reason is told', async () => {
  write('rows.jsonl', { prompt: 'Hello', completion: ' world' }, { prompt: 'Hello', completion: ' there' });
  const [json, text, page, none] = await Promise.all([
    inspect('rows.jsonl', '--tokenizer', qwen, '--json'),
    inspect('rows.jsonl', '--tokenizer', join(qwen, 'tokenizer.json')),
    inspect('rows.jsonl', '--tokenizer', qwen, '--html', 'page.html'),
    inspect('rows.jsonl'),
  ]);
  const { tokens } = documentOf(json);
  // Hello, one more word, and the end of the text: three tokens each, the last two of them trained.
  assert.equal([tokens?.tokens.total, tokens?.trained.total, tokens?.loaded, tokens?.dropped], [6, 4, false, 0]);
  assert.match(text.out, /\nTokens a row {2}\S+\n {2}6 tokens, 4 of them trained \(67 %\)\n/);
  assert.match(text.out, /\n {2}2-3 +#+ +2 {2}100 %\n/);
  assert.match(text.out, /\| Hello\[\[ \w+<\|im_end\|>\]\]/);
  assert.is(page.code, 0, page.err);
  assert.match(none.out, /\nTokens unknown: no tokenizer is named \(--tokenizer\)\n/);
});

test('a tokenizer that was asked for and is not there ends the command: nothing would be checked', async () => {
  write('rows.jsonl', { prompt: 'Hello', completion: ' world' });
  writeFileSync(join(folder, 'broken.json'), '{"version": ');
  const cases: readonly (readonly [id: string, part: RegExp, word: string])[] = [
    ['data/tokenizer', /nobody\/nothing is not in the Hugging Face cache/, 'nobody/nothing'],
    ['data/tokenizer', /has no tokenizer\.json/, '.'],
    ['data/tokenizer', /cannot be read/, 'broken.json'],
    ['usage/arguments', /neither a file nor a folder/, './missing.json'],
  ];
  const env = { HF_HUB_CACHE: join(folder, 'hub') };
  const ran = await Promise.all(
    cases.map(
      ([, , word]) => startSft(folder, ['data', 'inspect', 'rows.jsonl', '--tokenizer', word, '--json'], env).ended,
    ),
  );
  for (const [at, [id, part]] of cases.entries()) {
    const { exit, findings } = JSON.parse((ran[at] as Ran).out) as Documents['failure'];
    assert.equal([ran[at]?.code, exit, findings.length, findings[0]?.id], [64, 64, 1, id]);
    assert.match(findings[0]?.message ?? '', part);
  }
});

test('the user’s own template renders and masks; one that is wrong is told with its line', async () => {
  write('rows.jsonl', { prompt: 'Hello', completion: 'world' });
  writeFileSync(
    join(folder, 'chat.jinja'),
    '{% for m in messages %}{{ m.role | upper }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}ASSISTANT: {% endif %}',
  );
  writeFileSync(join(folder, 'wrong.jinja'), '{% for m in messages %}\n{{ m.content }');
  const [own, named, wrong, misspelt] = await Promise.all([
    inspect('rows.jsonl', '--template', 'chat.jinja', '--tokenizer', qwen, '--json'),
    inspect('rows.jsonl', '--template', 'model', '--tokenizer', qwen, '--json'),
    inspect('rows.jsonl', '--template', 'wrong.jinja', '--json'),
    inspect('rows.jsonl', '--template', 'chatlm', '--json'),
  ]);
  const document = documentOf(own);
  const [{ text = '', trained = [] } = {}] = document.samples;
  assert.equal([document.template, text], ['chat.jinja', 'USER: Hello\nASSISTANT: world\n']);
  assert.equal(
    trained.map(([from, to]) => text.slice(from, to)),
    [' world\n'],
  );
  assert.match(documentOf(named).samples[0]?.text ?? '', /^<\|im_start\|>user\nHello<\|im_end\|>/);
  const [first] = (JSON.parse(wrong.out) as Documents['failure']).findings;
  assert.equal([wrong.code, first?.id, first?.where.path], [65, 'template/syntax', 'wrong.jinja:2']);
  assert.equal([misspelt.code, misspelt.out.includes('Did you mean \\"chatml\\"')], [64, true]);
});

test('a dataset of a stack is counted as its run learns it: its model’s tokenizer, its length, what it draws', async () => {
  const rows = Array.from({ length: 20 }, (_, at) => ({
    instruction: `Say ${at}.`,
    output: 'one two three four five',
  }));
  const program = (model: string) =>
    programText({ run: 'maxLength: 30,' })
      .replace(/Model\.fromConfig\(.*?\}\);/s, model)
      .replace("{ path: 'rows.json' }", "{ path: 'rows.json', samples: 10, seed: 3, evaluation: { share: 0.2 } }");
  const project = makeProject({
    'stacks/demo.ts': program(`Model.fromPath(stack, 'base', { path: ${JSON.stringify(qwen)} });`),
    'rows.json': JSON.stringify(rows),
  });
  const known = documentOf(await sft(project.folder, 'data', 'inspect', 'demo/rows', '--json'));
  assert.equal([known.rows, known.tokens?.tokenizer, known.tokens?.limit], [20, qwen, 30]);
  const counted = known.tokens?.tokens.histogram.reduce((sum, one) => sum + one.rows, 0);
  assert.equal([counted, known.tokens?.cut.rows], [10, 10]);
  assert.ok(known.findings.some(({ id }) => id === 'rows/too-long'));
  project.write({ 'stacks/demo.ts': programText() });
  const made = await sft(project.folder, 'data', 'inspect', 'demo/rows', '--json');
  assert.equal(documentOf(made).tokens, null);
  assert.match(documentOf(made).tokensUnknown ?? '', /apply makes the tokenizer/);
  project.remove();
});

test.run();
