/** The main job through the command itself: plan, apply, train, kill, resume, cancel, destroy. Real TRL and PEFT. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StepEvent, TrainerEvent } from '../../lib/base/events.ts';
import { lendEnvironment } from '../support/environment.ts';
import { faultsOf } from '../support/schemas.ts';
import { checkout, makeProject, type Project, sft, startSft } from '../support/sft.ts';
import { until } from '../support/until.ts';

const test = suite('end to end');

const stack = `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
new FineTune(stack, 'sft', {
  model: Model.fromConfig(stack, 'base', {
    config: { model_type: 'llama', hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1, num_attention_heads: 2 },
    tokenizer: { vocabulary: 512 },
  }),
  data: Dataset.fromFile(stack, 'rows', { path: 'rows.json', samples: 60, evaluation: { share: 0.1 } }),
  cluster: Cluster.local(stack, 'here'),
  method: lora({ rank: 4, dropout: 0.1 }),
  batch: { micro: 2 },
  epochs: 2,
  learningRate: 1e-3,
  precision: 'fp32',
  weights: 'fp32',
  maxLength: 512,
  checkpoints: { steps: 10 },
});
app.synth();
`;

let project: Project;
test.before(async () => {
  const rows = readFileSync(join(checkout, 'examples', 'data', 'everyday.json'), 'utf8');
  project = makeProject({ 'stacks/demo.ts': stack, 'rows.json': rows });
  assert.is((await sft(project.folder, 'synth')).code, 0);
  lendEnvironment(project.folder, 'demo');
});
test.after(() => project.remove());

const runFolder = () => {
  const runs = join(project.folder, '.sft', 'workspace', 'runs');
  return join(runs, readdirSync(runs)[0] ?? '');
};
const events = (attempt: number): TrainerEvent[] =>
  readFileSync(join(runFolder(), 'attempts', String(attempt), 'events.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TrainerEvent);
const steps = (attempt: number) => events(attempt).filter((event): event is StepEvent => event.kind === 'step');
const starts = () => readFileSync(join(runFolder(), 'starts.jsonl'), 'utf8').trim().split('\n').length;

test('the plan says what there is to do, and that its exit code', async () => {
  const { code, out, err } = await sft(project.folder, 'plan', '--detailed-exitcode');
  assert.is(code, 2, err);
  // 60 rows, 6 held out; ceil(54 / 2) = 27 steps an epoch, 54 in all; warm-up ceil(54 x 0.03) = 2.
  assert.match(out, /54 steps/);
  assert.match(out, /Plan: .*to add/);
});

test('apply trains detached; killed at step 20 or later, it goes on from the checkpoint', async () => {
  const applied = await sft(project.folder, 'apply', '--yes');
  assert.is(applied.code, 0, applied.err + applied.out);
  await until('checkpoint 20', () => events(1).some((event) => event.kind === 'checkpoint' && event.step === 20));
  const claim = JSON.parse(readFileSync(join(runFolder(), 'attempts', '1', 'claim.json'), 'utf8')) as { pid: number };
  process.kill(claim.pid, 'SIGKILL');
  await until('an end of all processes', () => {
    const { pid } = JSON.parse(readFileSync(join(runFolder(), 'starts.jsonl'), 'utf8').split('\n')[0] ?? '') as {
      pid: number;
    };
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
  const status = await sft(project.folder, 'status', '--json');
  assert.match(status.out, /"lost"|"killed"|"failed"/, status.out);
  const resumed = await startSft(project.folder, ['resume', '--wait']).ended;
  assert.is(resumed.code, 0, resumed.err + resumed.out);
  const last = Math.max(...events(1).flatMap((event) => (event.kind === 'checkpoint' ? [event.step] : [])));
  assert.is(steps(2)[0]?.step, last + 1);
  assert.is(steps(2).at(-1)?.step, 54);
  assert.is(starts(), 2);
  for (const event of [...events(1), ...events(2)]) assert.equal(faultsOf('events', event), [], JSON.stringify(event));
});

test('the steps that the plan said are those that were done', () => {
  const start = events(1).find((event) => event.kind === 'start');
  assert.is(start?.kind === 'start' && start.max_steps, 54);
  const rate = (step: number) => [...steps(1), ...steps(2)].find((event) => event.step === step)?.learning_rate;
  // Two steps of warm-up: the rate is at its peak after them.
  assert.is(Math.max(...steps(1).map((event) => event.learning_rate)), 1e-3);
  assert.ok((rate(1) ?? 1) < 1e-3);
});

test('then there is nothing to do, and nothing is started', async () => {
  const plan = await sft(project.folder, 'plan', '--detailed-exitcode');
  assert.is(plan.code, 0, plan.out);
  const again = await sft(project.folder, 'apply', '--yes');
  assert.is(again.code, 0, again.err);
  assert.is(starts(), 2);
});

test('output names the adapter, and every byte of it by hash', async () => {
  const { code, out } = await sft(project.folder, 'output', '--json');
  assert.is(code, 0);
  const { result } = JSON.parse(out) as { result: { kind: string; files: { path: string }[] } };
  assert.equal(faultsOf('output', JSON.parse(out)), []);
  assert.is(result.kind, 'adapter');
  assert.ok(result.files.some((file) => file.path === 'adapter_model.safetensors'));
});

test('a changed learning rate is a new run beside the old; cancel stops it at a checkpoint', async () => {
  project.write({ 'stacks/demo.ts': stack.replace('1e-3', '2e-3').replace('epochs: 2', 'epochs: 40') });
  const plan = await sft(project.folder, 'plan');
  assert.match(plan.out, /learningRate/);
  assert.match(plan.out, /1 new run/);
  const applied = await sft(project.folder, 'apply', '--yes');
  assert.is(applied.code, 0, applied.err);
  const runs = readdirSync(join(project.folder, '.sft', 'workspace', 'runs'));
  assert.is(runs.length, 2);
  const cancelled = await sft(project.folder, 'cancel', '--yes');
  assert.is(cancelled.code, 0, cancelled.err);
  const status = JSON.parse((await sft(project.folder, 'status', '--json')).out) as object;
  assert.match(JSON.stringify(status), /cancelled/);
  assert.equal(faultsOf('status', status), []);
  const record = await sft(project.folder, 'state', 'show');
  assert.equal(faultsOf('state-show', JSON.parse(record.out)), []);
});

test('destroy keeps what was learnt unless it is named', async () => {
  const destroyed = await sft(project.folder, 'destroy', '--yes');
  assert.is(destroyed.code, 0, destroyed.err);
  const kept = readdirSync(join(project.folder, '.sft', 'workspace', 'runs'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((file) => file.endsWith('adapter_model.safetensors'));
  assert.ok(kept.length > 0);
  const plan = await sft(project.folder, 'plan', '--detailed-exitcode');
  assert.is(plan.code, 2);
});

test.run();
