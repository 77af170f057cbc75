/** Without a network: pinned commits are read from the Hub's cache, and nothing else is; what is not there is told. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { trainerVersion } from '../../lib/cli/target.ts';
import { lendEnvironment } from '../support/environment.ts';
import { HubStandIn } from '../support/hub.ts';
import { python } from '../support/python.ts';
import { checkout, makeProject, type Project, startSft } from '../support/sft.ts';

const test = suite('offline, with pins');
const [model, old, absent] = ['a', '1', '3'].map((digit) => digit.repeat(40)) as [string, string, string];

const program = (id: string) => `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
new FineTune(stack, 'sft', {
  model: Model.fromHub(stack, 'base', { id: '${id}' }),
  data: Dataset.fromHub(stack, 'rows', { id: 'org/rows' }),
  cluster: Cluster.local(stack, 'here'),
  method: lora({ rank: 4 }), batch: { micro: 2 }, maxSteps: 2, maxLength: 512, precision: 'fp32', weights: 'fp32',
});
app.synth();
`;

const lock = (models: Record<string, string>, dataset: string) => {
  const named = Object.fromEntries(Object.entries(models).map(([id, commit]) => [id, { main: commit }]));
  const pins = { models: named, datasets: { 'org/rows': { main: dataset } }, trainer: trainerVersion() };
  return JSON.stringify({ format: 1, files: {}, ...pins });
};

let project: Project;
/** Whoever asks it has left the cache. */
let hub: HubStandIn;
test.before(async () => {
  hub = await HubStandIn.open();
  project = makeProject({ 'stacks/demo.ts': program('org/tiny'), 'sft.lock.json': lock({ 'org/tiny': model }, old) });
  const made = spawnSync(python(), [join(checkout, 'test/python/make_hub_cache.py'), join(project.folder, 'hf')]);
  assert.is(made.status, 0, String(made.stderr));
  assert.is((await run('synth')).code, 0);
  lendEnvironment(project.folder, 'demo');
});
test.after(async () => {
  project.remove();
  await hub.close();
});

function run(...args: string[]) {
  const own = { HF_HOME: join(project.folder, 'hf'), HF_ENDPOINT: hub.endpoint, HF_HUB_OFFLINE: '1', HF_TOKEN: '' };
  return startSft(project.folder, args, own).ended;
}

const runs = () => join(project.folder, '.sft', 'workspace', 'runs');
const attemptOf = (folder: string, file: string) => readFileSync(join(runs(), folder, 'attempts', '1', file), 'utf8');

test('model, tokenizer and dataset are those of the pins, though the cache has newer rows', async () => {
  const { code, out, err } = await run('apply', '--yes', '--wait', '--require-pins');
  assert.is(code, 0, out + err);
  const [folder = ''] = readdirSync(runs());
  assert.equal(JSON.parse(attemptOf(folder, 'revisions.json')), { model, data: old });
  assert.ok(existsSync(join(runs(), folder, 'output', 'result', 'adapter_model.safetensors')));
  const data = join(project.folder, '.sft', 'workspace', 'data');
  const rows = readFileSync(join(data, readdirSync(data)[0] ?? '', 'train.jsonl'), 'utf8');
  assert.ok(rows.includes('oldoldold') && !rows.includes('new'), rows.slice(0, 300));
  assert.equal(hub.asked, []);
});

test('what the cache does not hold ends in one message that says so, and nothing is trained', async () => {
  project.write({ 'sft.lock.json': lock({ 'org/tiny': model }, absent) });
  const rows = await run('apply', '--yes', '--wait');
  assert.is(rows.code, 1, rows.out + rows.err);
  const told = 'org/rows cannot be read from the Hub: HF_HUB_OFFLINE is set, and the cache does not hold it.';
  assert.is(rows.err.split(`error: ${told}`).length, 2, rows.err);
  assert.match(rows.err, 'Fetch it once with the network, or unset it.');
  assert.is(readdirSync(runs()).length, 1);

  project.write({ 'stacks/demo.ts': program('org/other'), 'sft.lock.json': lock({ 'org/other': model }, old) });
  const other = await run('apply', '--yes', '--wait');
  assert.is(other.code, 7, other.out + other.err);
  const lost = 'org/other cannot be read from the Hub: HF_HUB_OFFLINE is set, and the cache does not hold it.';
  assert.ok(`${other.out}${other.err}`.includes(lost), other.out + other.err);
  assert.equal(hub.asked, []);
});

test.run();
