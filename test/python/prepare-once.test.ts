/** Tokens through the command: made whole or not at all, once, and found by whoever needs the same. Real TRL. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainerEvent } from '../../lib/base/events.ts';
import { lendEnvironment } from '../support/environment.ts';
import { makeProject, type Project, type Ran, sft } from '../support/sft.ts';
import { until } from '../support/until.ts';

const test = suite('tokens through the command');

/** So many that making their tokens takes long enough to be met in the middle of it. */
const rows = Array.from({ length: 2_000 }, (_, number) => ({
  instruction: `Say number ${number} in words, and then again.`,
  output: `It is ${number}. `.repeat(8),
}));

const run = (name: string, settings: string) => `new FineTune(stack, '${name}', {
  model, data, cluster, method: lora({ rank: 4 }), batch: { micro: 2 }, maxSteps: 2, retries: 0,
  precision: 'fp32', weights: 'fp32', ${settings}
});`;

const program = (
  ...runs: readonly string[]
) => `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
const model = Model.fromConfig(stack, 'base', {
  config: { model_type: 'llama', hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1, num_attention_heads: 2 },
  tokenizer: { vocabulary: 300 },
});
const data = Dataset.fromFile(stack, 'rows', { path: 'rows.json' });
const cluster = Cluster.local(stack, 'here');
${runs.join('\n')}
app.synth();
`;

let project: Project;
test.before(async () => {
  project = makeProject({ 'rows.json': JSON.stringify(rows) });
  await write(run('sft', 'learningRate: 1e-3, maxLength: 128'));
  lendEnvironment(project.folder, 'demo');
});
test.after(() => project.remove());

async function write(...runs: readonly string[]): Promise<void> {
  project.write({ 'stacks/demo.ts': program(...runs) });
  const { code, err } = await sft(project.folder, 'synth');
  assert.is(code, 0, err);
}

const workspace = (...path: string[]) => join(project.folder, '.sft', 'workspace', ...path);
const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);
const isPublished = (name: string) => /^[0-9a-f]{12}$/.test(name);
const tokens = () => namesIn(workspace('tokens'));

/** Processes that make some just now: each names itself in its folder. */
const makers = () =>
  tokens()
    .filter((name) => !isPublished(name))
    .map((name) => Number(name.split('.').at(-2)));

function notices(run: string): string[] {
  const attempts = workspace('runs', run, 'attempts');
  const newest = namesIn(attempts).at(-1) ?? '';
  const lines = readFileSync(join(attempts, newest, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line) as TrainerEvent);
  return events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
}

const apply = (): Promise<Ran> => sft(project.folder, 'apply', '--yes', '--wait');

/** Inode and time of each file: none was written anew. */
const filesOf = (name: string) =>
  namesIn(workspace('tokens', name)).map((file) => {
    const { ino, mtimeMs } = statSync(workspace('tokens', name, file));
    return [file, ino, mtimeMs];
  });

let made: string;

test('killed while they are made: nothing has the name, and the next apply makes them whole', async () => {
  const applying = apply();
  await until('the tokens being made', () => makers().length > 0, 180, 5);
  process.kill(makers()[0] ?? 0, 'SIGKILL');
  const killed = await applying;
  assert.is(killed.code, 7, killed.out + killed.err);
  assert.equal(tokens().filter(isPublished), []);

  const { code, out, err } = await apply();
  assert.is(code, 0, out + err);
  assert.equal(tokens().length, 1, 'what the dead one left is gone too');
  made = tokens()[0] as string;
  assert.ok(isPublished(made));
  assert.match(`${out}${err}`, `tokens/${made} is made in`);
});

test('another learning rate is another run, which finds them there and writes nothing', async () => {
  const before = filesOf(made);
  assert.ok(before.length >= 2, String(before));
  const [first = ''] = namesIn(workspace('runs'));
  await write(run('sft', 'learningRate: 2e-3, maxLength: 128'));
  const { code, out, err } = await apply();
  assert.is(code, 0, out + err);
  const there = `Tokens of these rows are there already: tokens/${made}.`;
  assert.match(`${out}${err}`, there);
  const second = namesIn(workspace('runs')).find((name) => name !== first) ?? '';
  assert.ok(notices(second).includes(there), notices(second).join('\n'));
  assert.equal(tokens(), [made]);
  assert.equal(filesOf(made), before);
});

test('two runs that need the same at once publish one', async () => {
  const runs = ['one', 'two'];
  await write(...runs.map((name, at) => run(name, `learningRate: ${at + 3}e-3, maxLength: 120`)));
  const applying = apply();
  await until('one making them', () => makers().length > 0, 180, 5);
  // The first waits for the second in the middle of it.
  const first = makers()[0] ?? 0;
  process.kill(first, 'SIGSTOP');
  try {
    await until('both making them', () => makers().length === 2, 180, 5);
  } finally {
    process.kill(first, 'SIGCONT');
  }
  const { code, out, err } = await applying;
  assert.is(code, 0, out + err);
  const published = tokens();
  assert.ok(published.every(isPublished) && published.length === 2 && published.includes(made), String(published));
  const other = published.find((name) => name !== made);
  for (const folder of namesIn(workspace('runs')).filter((name) => /^(one|two)--/.test(name))) {
    const { key } = JSON.parse(readFileSync(workspace('runs', folder, 'attempts', '1', 'tokens.json'), 'utf8'));
    assert.is(String(key).slice(0, 12), other);
  }
});

test.run();
