/** What a plan says of the tokens of a mix, beside what the trainer makes of the same rows. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PartTokens, TokenFacts } from '../../lib/data/evidence/facts.ts';
import type { PlanDocument } from '../../lib/plan/resource-changes.ts';
import { lendEnvironment } from '../support/environment.ts';
import { checkout, makeProject, sft } from '../support/sft.ts';
import { tinyStack } from '../support/tiny.ts';

const test = suite('evidence of a mix, and the trainer');

const program = 'stacks/demo.ts';
const tasks = JSON.parse(readFileSync(join(checkout, 'examples/data/everyday.json'), 'utf8')) as {
  readonly instruction: string;
  readonly output: string;
}[];
const talk = tasks.slice(100, 160).map(({ instruction, output }, at) => ({
  messages: [
    ...(at % 3 === 0 ? [{ role: 'system', content: 'Be short.' }] : []),
    { role: 'user', content: instruction },
    { role: 'assistant', content: output },
    { role: 'user', content: 'And more?' },
    { role: 'assistant', content: 'No more.' },
  ],
}));
const faq = tasks
  .slice(200, 240)
  .map(({ instruction, output }) => `${JSON.stringify({ q: instruction, a: output })}\n`);

/** Parts as TypeScript. */
const stackOf = (parts: string) =>
  tinyStack()
    .replace(
      "Dataset.fromFile(stack, 'rows', { path: 'rows.json', samples: 36 })",
      `Dataset.mix(stack, 'both', ${parts})`,
    )
    .replace('maxLength: 512', 'maxLength: 120');
const asked = "format: 'prompt', columns: { prompt: 'q', completion: 'a' }";
const mixes = {
  dialogues: `{
    parts: [
      { data: Dataset.fromFile(stack, 'talk', { path: 'talk.json', template: 'chatml', fix: { dedupe: 'rows' } }), weight: 2 },
      { data: Dataset.fromFile(stack, 'faq', { path: 'faq.jsonl', ${asked}, template: 'chatml', samples: 30, seed: 3 }), weight: 1 },
    ],
    rows: 50,
    evaluation: { share: 0.2 },
  }`,
  'prompts and answers': `{
    parts: [
      { data: Dataset.fromFile(stack, 'tasks', { path: 'tasks.json' }), weight: 1 },
      { data: Dataset.fromFile(stack, 'faq', { path: 'faq.jsonl', ${asked} }), weight: 1 },
    ],
    seed: 7,
    evaluation: { share: 0.1 },
  }`,
};
const files = {
  'talk.json': JSON.stringify([...talk, ...talk.slice(3, 9)]),
  'faq.jsonl': faq.join(''),
  'tasks.json': JSON.stringify(tasks.slice(0, 70)),
};

interface Made {
  readonly rows: number;
  readonly cut: number;
  readonly tokens_before: number;
  readonly sequences: number;
  readonly tokens: number;
  readonly trained_tokens: number;
}

const counts = ({ rows, cut, tokens_before, sequences, tokens, trained_tokens }: Made): Made => {
  return { rows, cut, tokens_before, sequences, tokens, trained_tokens };
};
const asMade = ({ rows, cut, tokensBefore, sequences, tokens, trainedTokens }: PartTokens): Made => {
  return { rows, cut, tokens_before: tokensBefore, sequences, tokens, trained_tokens: trainedTokens };
};

for (const [name, parts] of Object.entries(mixes))
  test(name, async () => {
    const stack = stackOf(parts);
    const project = makeProject({ [program]: stack, ...files });
    try {
      assert.is((await sft(project.folder, 'synth')).code, 0);
      lendEnvironment(project.folder, 'demo');
      const { code, out, err } = await sft(project.folder, 'apply', '--yes', '--wait');
      assert.is(code, 0, out + err);
      writeFileSync(join(project.folder, program), stack.replace('rank: 4', 'rank: 2'));
      const plan = await sft(project.folder, 'plan', '--json');
      assert.is(plan.code, 0, plan.err);
      const run = (JSON.parse(plan.out) as PlanDocument).resource_changes.find(({ type }) => type === 'train');
      const told = run?.sft as unknown as { readonly evidence: { readonly after: { readonly tokens: TokenFacts } } };
      const { train, evaluation } = told.evidence.after.tokens;
      const all = join(project.folder, '.sft/workspace/tokens');
      const [folder = 'none'] = readdirSync(all).filter((one) => /^[0-9a-f]+$/.test(one));
      const made = JSON.parse(readFileSync(join(all, folder, 'manifest.json'), 'utf8')) as Record<string, Made>;
      const theirs = [made.train, made.evaluation].map((one) => counts(one as Made));
      assert.equal([asMade(train), asMade(evaluation as PartTokens)], theirs);
      assert.ok(train.cut > 0 && train.trainedTokens < train.tokens);
    } finally {
      project.remove();
    }
  });

test.run();
