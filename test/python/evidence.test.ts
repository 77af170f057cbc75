/** What a plan says of tokens, rows that are dropped and steps, beside what the trainer made of the same rows. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StepEvent } from '../../lib/base/events.ts';
import type { PartTokens, TokenFacts } from '../../lib/data/evidence/facts.ts';
import type { Derived } from '../../lib/manifest.ts';
import type { PlanDocument } from '../../lib/plan/resource-changes.ts';
import { lendEnvironment } from '../support/environment.ts';
import { faultsOf } from '../support/schemas.ts';
import { checkout, makeProject, type Project, sft } from '../support/sft.ts';
import { tinyStack } from '../support/tiny.ts';

const test = suite('evidence of a plan, and the trainer');

const program = 'stacks/demo.ts';
const shipped = JSON.parse(readFileSync(join(checkout, 'examples/data/everyday.json'), 'utf8')) as object[];
/** Some rows twice, and some without an answer: the dataset leaves them out before it draws. */
const everyday = JSON.stringify([
  ...shipped.slice(5, 12),
  ...shipped.flatMap((row, at) => (at % 9 === 0 ? [{ ...row, output: '' }, row] : [row])),
]);
/** Some rows lose all that would be learnt, others a part. */
const stack = tinyStack({ run: 'evaluation: { steps: 100 },' })
  .replace('samples: 36', `samples: 60, evaluation: { share: 0.15 }, fix: { drop: ['empty-answer'], dedupe: 'rows' }`)
  .replace('maxLength: 512', 'maxLength: 170');

let project: Project;
test.before(async () => {
  project = makeProject({ [program]: stack, 'rows.json': everyday });
  assert.is((await sft(project.folder, 'synth')).code, 0);
  lendEnvironment(project.folder, 'demo');
});
test.after(() => project.remove());

interface Made {
  readonly rows: number;
  readonly dropped: { readonly cut_off: number; readonly untrained: number };
  readonly cut: number;
  readonly tokens_before: number;
  readonly sequences: number;
  readonly tokens: number;
  readonly trained_tokens: number;
}

function trainerSays(): { readonly train: Made; readonly evaluation: Made } {
  const all = join(project.folder, '.sft/workspace/tokens');
  const [folder = 'none', ...more] = readdirSync(all).filter((name) => /^[0-9a-f]+$/.test(name));
  assert.equal(more, []);
  return JSON.parse(readFileSync(join(all, folder, 'manifest.json'), 'utf8')) as ReturnType<typeof trainerSays>;
}

const asMade = ({ rows, dropped, cut, tokensBefore, sequences, tokens, trainedTokens }: PartTokens): Made => ({
  rows,
  dropped: { cut_off: dropped.cutOff, untrained: dropped.untrained },
  cut,
  tokens_before: tokensBefore,
  sequences,
  tokens,
  trained_tokens: trainedTokens,
});

const counts = ({ rows, dropped, cut, tokens_before, sequences, tokens, trained_tokens }: Made): Made => ({
  ...{ rows, dropped, cut, tokens_before, sequences, tokens, trained_tokens },
});

function stepsOfTraining(): number | undefined {
  const runs = join(project.folder, '.sft/workspace/runs');
  const [run = 'none'] = readdirSync(runs);
  const lines = readFileSync(join(runs, run, 'attempts/1/events.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const steps = lines.map((line) => JSON.parse(line) as StepEvent).filter(({ kind }) => kind === 'step');
  assert.is(steps.length, steps[0]?.max_steps);
  return steps[0]?.max_steps;
}

async function planned(): Promise<{ document: PlanDocument; text: string }> {
  const [json, text] = [await sft(project.folder, 'plan', '--json'), await sft(project.folder, 'plan')];
  assert.is(json.code, 0, json.err);
  const document = JSON.parse(json.out) as PlanDocument;
  assert.equal(faultsOf('plan', document), []);
  return { document, text: text.out };
}

interface Told {
  readonly evidence: {
    readonly after: { readonly tokens: TokenFacts };
    readonly before?: { readonly tokens: TokenFacts };
  };
  readonly derived: { readonly before: Derived; readonly after: Derived };
}
const runOf = ({ resource_changes: all }: PlanDocument) =>
  all.find(({ type }) => type === 'train')?.sft as unknown as Told;

test('the first plan does not know: apply makes the tokenizer', async () => {
  const { text } = await planned();
  assert.match(
    text,
    /\+ data +rows +60 rows, 9 of them held out · alpaca format · .*tokens unknown: apply makes the tok/,
  );
  assert.match(text, / 26 steps /);
});

test('once it is made: counts of both parts, dropped rows and steps are those of the training', async () => {
  const { code, out, err } = await sft(project.folder, 'apply', '--yes', '--wait');
  assert.is(code, 0, out + err);
  assert.match((await sft(project.folder, 'plan', '--detailed-exitcode')).out, 'Nothing to do.');

  writeFileSync(join(project.folder, program), stack.replace('rank: 4', 'rank: 2'));
  const { document, text } = await planned();
  const { evidence, derived } = runOf(document);
  const { train, evaluation } = trainerSays();
  const { tokens } = evidence.after;
  assert.equal([asMade(tokens.train), asMade(tokens.evaluation as PartTokens)], [counts(train), counts(evaluation)]);
  assert.ok(train.dropped.cut_off > 0 && train.cut > 0, JSON.stringify(train));
  assert.is(tokens.isLoaded, true);
  assert.is(derived.after.steps, stepsOfTraining());
  assert.is.not(derived.after.steps, 26);
  assert.equal(derived.before, derived.after, 'as it was applied, it was so too');
  assert.match(text, new RegExp(`dropped +${train.dropped.cut_off} of 51 rows: nothing left to learn at 170 tokens`));
  assert.match(text, new RegExp(` · ${derived.after.steps} steps · `));
  assert.match(
    text,
    `${train.tokens.toLocaleString('en')}, ${train.trained_tokens.toLocaleString('en')} of them trained`,
  );
});

test('where nothing at all is left to learn, the plan is an error and nothing is applied', async () => {
  writeFileSync(join(project.folder, program), stack.replace('maxLength: 170', 'maxLength: 9'));
  const [plan, apply] = [await sft(project.folder, 'plan'), await sft(project.folder, 'apply', '--yes')];
  assert.equal([plan.code, apply.code], [1, 1]);
  assert.match(
    plan.out,
    /^error: 60 rows lose every token that would be learnt .+\[rows\/answer-cut\]\n {2}at {5}stacks/m,
  );
  assert.match(apply.err, '[rows/answer-cut]');
  const { code } = await sft(project.folder, 'validate');
  assert.is(code, 65);
});

test('of other rows: tokens before and after', async () => {
  const rows = JSON.parse(everyday) as object[];
  writeFileSync(join(project.folder, program), stack.replace('samples: 60, ', ''));
  writeFileSync(join(project.folder, 'rows.json'), JSON.stringify(rows.slice(0, 80)));
  const { document, text } = await planned();
  assert.equal(asMade(runOf(document).evidence.before?.tokens.train as PartTokens), counts(trainerSays().train));
  assert.match(text, /tokens +unknown: apply makes the tokenizer first/);
});

test.run();
