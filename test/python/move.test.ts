/** A run that trains moves through the command: from one process to two, and from there to ZeRO-2. Real TRL and PEFT. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StepEvent, TrainerEvent } from '../../lib/base/events.ts';
import { lendEnvironment } from '../support/environment.ts';
import { checkout, makeProject, type Project, sft, startSft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';
import { until } from '../support/until.ts';

const test = suite('move');

/** Long enough that it surely trains until it is stopped. */
const program = (placement: string) => `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
new FineTune(stack, 'sft', {
  model: Model.fromConfig(stack, 'base', {
    config: { model_type: 'llama', hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1, num_attention_heads: 2 },
    tokenizer: { vocabulary: 512 },
  }),
  data: Dataset.fromFile(stack, 'rows', { path: 'rows.json', samples: 60 }),
  method: lora({ rank: 4 }),
  batch: { micro: 1, global: 4 },
  maxSteps: 100000,
  warmup: { steps: 0 },
  precision: 'fp32',
  weights: 'fp32',
  maxLength: 256,
  checkpoints: { steps: 50000 },
  ${placement}
});
app.synth();
`;
const alone = `cluster: Cluster.local(stack, 'here'),`;
const two = `cluster: Cluster.local(stack, 'here', { processes: 2 }),`;
const sharded = `${two} zero: { stage: 2 },`;

// What DeepSpeed compiles is kept between runs of the tests, as on a machine of one's own.
const env = { TORCH_EXTENSIONS_DIR: join(checkout, '.sft', 'cache', 'torch-extensions') };

let project: Project;
test.before(async () => {
  const rows = readFileSync(join(checkout, 'examples', 'data', 'everyday.json'), 'utf8');
  project = makeProject({ 'stacks/demo.ts': program(alone), 'rows.json': rows });
});
test.after(async () => {
  await sft(project.folder, 'cancel', 'sft', '--yes', '--no-save');
  project.remove();
});

async function want(placement: string): Promise<void> {
  project.write({ 'stacks/demo.ts': program(placement) });
  assert.is((await sft(project.folder, 'synth')).code, 0);
}

const attempt = (n: number) => {
  const runs = join(project.folder, '.sft', 'workspace', 'runs');
  const folders = readdirSync(runs);
  assert.is(folders.length, 1, 'it is one run all the time');
  return join(runs, folders[0] ?? '', 'attempts', String(n));
};
const events = (n: number): TrainerEvent[] =>
  readFileSync(join(attempt(n), 'events.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TrainerEvent);
const steps = (n: number) => events(n).filter((event): event is StepEvent => event.kind === 'step');
const startOf = (n: number) => {
  const start = events(n).find((event) => event.kind === 'start');
  assert.ok(start?.kind === 'start');
  return start;
};

/** Attempt `n` goes on where the one before it stopped: its step, and the rate that the schedule has there. */
async function goesOn(n: number, world: number): Promise<void> {
  await until(`steps of attempt ${n}`, () => steps(n).length > 1);
  const saved = events(n - 1).flatMap((event) => (event.kind === 'checkpoint' ? [event.step] : []));
  const end = events(n - 1).at(-1);
  assert.is(end?.kind === 'end' && end.cause, 'cancelled');
  assert.is(startOf(n).resumed_from, Math.max(...saved));
  assert.is(startOf(n).world_size, world);
  assert.ok(startOf(n).resumed_from > 2);
  const [first, last] = [steps(n)[0] as StepEvent, steps(n - 1).at(-1) as StepEvent];
  assert.is(first.step > last.step, true);
  assert.ok(first.learning_rate < last.learning_rate, 'linear: it falls on');
}

test('one process to two: refused without the flag, approximate with it', async () => {
  await want(alone);
  lendEnvironment(project.folder, 'demo');
  const applied = await startSft(project.folder, ['apply', '--yes'], env).ended;
  assert.is(applied.code, 0, applied.err + applied.out);
  await until('a few steps', () => (steps(1).at(-1)?.step ?? 0) > 2);

  await want(two);
  const refused = await sft(project.folder, 'apply', '--yes');
  assert.is(refused.code, 1);
  assert.match(refused.err, 'plan/move');
  assert.match(refused.err, '--allow-move');
  assert.match(refused.out, /cluster\.processes +1 -> 2 +placement: approximate: /);
  assert.is(readdirSync(join(attempt(1), '..')).length, 1);

  const moved = await startSft(project.folder, ['apply', '--yes', '--allow-move'], env).ended;
  assert.is(moved.code, 0, moved.err + moved.out);
  await goesOn(2, 2);
  assert.is((await sft(project.folder, 'plan', '--detailed-exitcode')).code, 0, 'then there is nothing to do');
});

if (spawnSync('g++', ['--version']).status !== 0)
  skip('a move to ZeRO-2', 'DeepSpeed compiles for the CPU, and there is no g++');
else
  test('two processes to ZeRO-2, by a saved plan: weights only', async () => {
    await want(sharded);
    lendEnvironment(project.folder, 'demo');
    const planned = await sft(project.folder, 'plan', '--allow-move', '--out', 'zero.plan');
    assert.is(planned.code, 0, planned.err);
    assert.match(planned.out, /zero\.stage +not given -> 2 +placement: weights only: /);
    const moved = await startSft(project.folder, ['apply', 'zero.plan'], env).ended;
    assert.is(moved.code, 0, moved.err + moved.out);
    await goesOn(3, 2);
    assert.ok('deepspeed' in startOf(3).versions);
    const told = events(3).flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
    assert.match(told.join(' '), /written in another layout: it is loaded as weights-only/);
    const again = await startSft(project.folder, ['apply', 'zero.plan'], env).ended;
    assert.is(again.code, 0, again.err);
    assert.is(readdirSync(join(attempt(1), '..')).length, 3, 'the same plan again starts nothing');
  });

test.run();
