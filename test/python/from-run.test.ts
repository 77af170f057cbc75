/** examples/two-stages.ts through the command: one run after the other, with an apply that is killed between the two. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StepEvent, TrainerEvent } from '../../lib/base/events.ts';
import { lendEnvironment } from '../support/environment.ts';
import { python } from '../support/python.ts';
import { checkout, makeProject, type Project, sft, startSft } from '../support/sft.ts';
import { until } from '../support/until.ts';

const test = suite('a run after another one');

const rows = 'examples/data/everyday.json';
const program = 'stacks/two-stages.ts';
const written = readFileSync(join(checkout, 'examples', 'two-stages.ts'), 'utf8');

let project: Project;
/** Losses of the second run. */
let learnt: readonly number[] = [];
test.before(async () => {
  project = makeProject({ [program]: written, [rows]: readFileSync(join(checkout, rows), 'utf8') });
  assert.is((await sft(project.folder, 'synth')).code, 0);
  lendEnvironment(project.folder, 'two-stages');
});
test.after(() => project.remove());

const runs = () => join(project.folder, '.sft', 'workspace', 'runs');
const runsOf = (name: string): string[] =>
  existsSync(runs()) ? readdirSync(runs()).filter((folder) => folder.startsWith(`${name}--`)) : [];
const folderOf = (name: string) => join(runs(), runsOf(name)[0] ?? 'none');
const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
const events = (name: string): TrainerEvent[] =>
  lines(join(folderOf(name), 'attempts', '1', 'events.jsonl')).map((line) => JSON.parse(line) as TrainerEvent);
const steps = (name: string) => events(name).filter((event): event is StepEvent => event.kind === 'step');
const starts = (folder: string) => lines(join(folder, 'starts.jsonl')).length;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('the plan: both runs, and what is known after apply', async () => {
  const { code, out, err } = await sft(project.folder, 'plan', '--detailed-exitcode');
  assert.is(code, 2, err);
  assert.match(out, /\+ run +second[\s\S]*begins with the adapter of first, known after apply/);
});

test('an apply that is killed while it waits: the first run goes on, the second is not started', async () => {
  const { child, ended } = startSft(project.folder, ['apply', '--yes']);
  await until('step 5 of the first', () => steps('first').length >= 5);
  child.kill('SIGKILL');
  await ended;
  assert.equal(runsOf('second'), []);
  const status = await sft(project.folder, 'status', '--json');
  assert.match(status.out, /"first"/);
  assert.not.match(status.out, /"second"/);
});

test('the next apply waits for what is left of it, starts the second, and follows that to its end', async () => {
  const { code, out, err } = await sft(project.folder, 'apply', '--yes', '--wait');
  assert.is(code, 0, out + err);
  assert.is(starts(folderOf('first')), 1);
  assert.is(starts(folderOf('second')), 1);
  const end = events('first').find((event) => event.kind === 'end');
  const start = events('second').find((event) => event.kind === 'start');
  assert.ok(end && start && start.time > end.time, 'the second began after the first had ended');
});

test('it went on where the first one was: lower than that began, near to where that ended', () => {
  const [before, after] = [steps('first'), steps('second')].map((each) => each.map(({ loss }) => loss));
  assert.is(before?.length, 40);
  assert.is(after?.length, 12);
  const [began, ended, begun] = [
    mean(before?.slice(0, 3) ?? []),
    mean(before?.slice(-5) ?? []),
    mean(after?.slice(0, 3) ?? []),
  ];
  assert.ok(begun < began - 0.7 * (began - ended), `${began} -> ${ended}, then ${begun}`);
  learnt = after ?? [];
  const config = (name: string) => {
    const text = readFileSync(join(folderOf(name), 'output', 'result', 'adapter_config.json'), 'utf8');
    // PEFT holds them as a set.
    return JSON.parse(text, (key, value) => (key === 'target_modules' ? [...value].sort() : value)) as object;
  };
  assert.equal(config('second'), config('first'), 'the same adapter on the same base');
});

test('then there is nothing to do', async () => {
  const plan = await sft(project.folder, 'plan', '--detailed-exitcode');
  assert.is(plan.code, 0, plan.out);
  assert.is((await sft(project.folder, 'apply', '--yes')).code, 0);
  assert.equal([starts(folderOf('first')), starts(folderOf('second'))], [1, 1]);
});

test('nothing begins with a result that was edited; it counts again once it is mended', async () => {
  project.write({ [program]: written.replace('learningRate: 1e-3,', 'learningRate: 2e-3,\n  retries: 0,') });
  const file = join(folderOf('first'), 'output', 'result', 'adapter_config.json');
  const whole = readFileSync(file);
  writeFileSync(file, whole.toString().replace('"lora_alpha": 32', '"lora_alpha": 64'));
  const refused = await sft(project.folder, 'apply', '--yes', '--wait');
  assert.match(refused.out + refused.err, /its result is not as the trainer wrote it.*\[drift\/altered\]/);
  assert.match(refused.out + refused.err, /second is not started: .*\[plan\/no-result\]/);
  assert.equal([runsOf('second').length, starts(folderOf('second'))], [1, 1]);
  writeFileSync(file, whole);
  const { code, out, err } = await sft(project.folder, 'apply', '--yes', '--wait');
  assert.is(code, 0, out + err);
  assert.is(runsOf('second').length, 2, 'the run of before stays beside');
  assert.is(runsOf('first').length, 1);
});

test('merged weights, for a new adapter: made once the first run is there', async () => {
  project.write({ [program]: written.replace('{ run: first }', "{ run: first, use: 'merged' }") });
  const { code, out, err } = await sft(project.folder, 'apply', '--yes', '--wait');
  assert.is(code, 0, out + err);
  const weights = join(project.folder, '.sft', 'workspace', 'weights');
  assert.is(readdirSync(weights).filter((name) => /^[0-9a-f]{12}$/.test(name)).length, 2, 'random ones, merged ones');
  assert.is(runsOf('second').length, 3);
});

test('by hand, from an export: the second asks for the first, and then trains on from it', async () => {
  project.write({ [program]: written });
  const out = join(project.folder, 'out');
  assert.is((await sft(project.folder, 'export', out)).code, 0);
  const launch = (name: string) =>
    spawnSync('bash', [join(out, 'two-stages', name, 'launch.sh')], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', HOME: project.folder, SFT_PYTHON: python(), HF_HUB_OFFLINE: '1' },
      encoding: 'utf8',
    });
  const early = launch('second');
  assert.is(early.status, 65, early.stdout);
  assert.match(early.stderr, /no result of run first .*train that one first/);
  const first = launch('first');
  assert.is(first.status, 0, first.stdout + first.stderr);
  const second = launch('second');
  assert.is(second.status, 0, second.stdout + second.stderr);
  const losses = lines(join(out, 'two-stages', 'second', 'run', 'attempts', '1', 'events.jsonl'))
    .map((line) => JSON.parse(line) as TrainerEvent)
    .flatMap((event) => (event.kind === 'step' ? [event.loss] : []));
  assert.is(losses.length, 12);
  const apart = losses.map((loss, index) => Math.abs(loss / (learnt[index] ?? 0) - 1));
  assert.ok(Math.max(...apart) < 0.02, `${losses} by hand, ${learnt} by apply`);
});

test.run();
