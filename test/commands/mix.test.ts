/** A mix through the command: the plan says what is taken of each part, and that it is not judged. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeProject, type Project, sft } from '../support/sft.ts';
import { tinyStack } from '../support/tiny.ts';

const test = suite('a mix, by the command');

const lines = (count: number, row: (n: number) => string) => Array.from({ length: count }, (_, n) => row(n)).join('');
const files = {
  'stacks/demo.ts': tinyStack().replace(
    "Dataset.fromFile(stack, 'rows', { path: 'rows.json', samples: 36 })",
    `Dataset.mix(stack, 'both', {
      parts: [
        { data: Dataset.fromFile(stack, 'facts', { path: 'facts.jsonl' }), weight: 3 },
        {
          data: Dataset.fromFile(stack, 'faq', { path: 'faq.csv', format: 'prompt', columns: { prompt: 'q', completion: 'r' } }),
          weight: 1,
        },
      ],
      rows: 40,
      evaluation: { share: 0.1 },
    })`,
  ),
  'facts.jsonl': lines(50, (n) => `{"instruction": "Name number ${n}.", "output": "It is ${n}."}\n`),
  'faq.csv': `q,r\n${lines(20, (n) => `which ${n}?,"As an AI language model, I cannot say ${n}."\n`)}`,
};

let project: Project;
test.before(() => {
  project = makeProject(files);
});
test.after(() => project.remove());

test('the plan: rows of each part, steps that follow, what is found in them, tokens unknown and why', async () => {
  const { code, out } = await sft(project.folder, 'plan');
  assert.is(code, 0);
  assert.match(out, '40 rows: 30 of facts, 10 of faq; 4 of them held out · alpaca, prompt formats · 2 files · csv');
  assert.match(out, 'tokens unknown: apply makes the tokenizer first');
  assert.match(out, '18 steps');
  assert.match(out, /10 rows answer with a refusal.* faq\.csv:\d+ +\[rows\/refusal\]/);
});

test('inspect refuses it, and names the files', async () => {
  const { code, err } = await sft(project.folder, 'data', 'inspect', 'demo/both');
  assert.is(code, 64);
  assert.match(err, /demo\/both is a mix, .* facts\.jsonl faq\.csv/s);
});

test.run();
