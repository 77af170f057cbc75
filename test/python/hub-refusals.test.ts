/** What the Hub answers reaches the user of `sft apply`: one message with what to do, an exit code, and nothing trained. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lendEnvironment } from '../support/environment.ts';
import { HubStandIn } from '../support/hub.ts';
import { rows } from '../support/programs.ts';
import { makeProject, type Project, startSft } from '../support/sft.ts';

const test = suite('refusals of the Hub through the command');
const commit = '1'.repeat(40);

const program = (model: string, data: string) => `
import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
new FineTune(stack, 'sft', {
  model: ${model}, data: ${data}, cluster: Cluster.local(stack, 'here'), method: lora({ rank: 4 }), batch: { micro: 2 },
});
app.synth();
`;
const config =
  '{ model_type: "llama", hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1, num_attention_heads: 2 }';
const made = `Model.fromConfig(stack, 'base', { config: ${config} })`;
const hubRows = `Dataset.fromHub(stack, 'rows', { id: 'org/rows', revision: '${commit}' })`;
const hubModel = `Model.fromHub(stack, 'base', { id: 'org/base', revision: '${commit}' })`;
const fileRows = `Dataset.fromFile(stack, 'rows', { path: 'rows.json' })`;

let project: Project;
let hub: HubStandIn;
test.before(async () => {
  hub = await HubStandIn.open();
  project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': program(made, hubRows) });
  assert.is((await run('synth')).code, 0);
  lendEnvironment(project.folder, 'demo');
});
test.after(async () => {
  project.remove();
  await hub.close();
});

function run(...args: string[]) {
  const own = { HF_HOME: join(project.folder, 'hf'), HF_ENDPOINT: hub.endpoint, HF_HUB_OFFLINE: '0', HF_TOKEN: '' };
  return startSft(project.folder, args, { ...own, NO_PROXY: '*' }).ended;
}

const times = (text: string, part: string) => text.split(part).length - 1;

test('a gated dataset: exit 1, told once as an error, and the run is not started', async () => {
  hub.otherwise = (response) => {
    response.writeHead(403, { 'x-error-code': 'GatedRepo', 'content-type': 'text/html' });
    response.end('<html>who are you?</html>');
  };
  const { code, out, err } = await run('apply', '--yes', '--wait');
  assert.is(code, 1, out + err);
  const told = 'org/rows cannot be read from the Hub: it is gated, and the token that is set may not read it.';
  assert.is(times(err, `error: ${told}  [trainer/data-hub]`), 1, err);
  assert.match(err, `Ask for access at ${hub.endpoint}/datasets/org/rows, then run it again.`);
  assert.not.match(out + err, /Traceback|<html>/);
  assert.not.ok(readdirSync(join(project.folder, '.sft', 'workspace')).includes('runs'));
});

test('a model that is not there: the run fails by exit 7, and its end says why', async () => {
  hub.otherwise = undefined;
  project.write({ 'stacks/demo.ts': program(hubModel, fileRows) });
  const { code, out, err } = await run('apply', '--yes', '--wait');
  assert.is(code, 7, out + err);
  const told = 'org/base cannot be read from the Hub: there is no such model, or it is private (404).';
  assert.ok((out + err).includes(told), out + err);
  assert.match(out + err, 'Correct the id');
  const runs = join(project.folder, '.sft', 'workspace', 'runs');
  const end = readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'attempts', '1', 'end.json'), 'utf8');
  assert.ok(JSON.parse(end).message.startsWith(told), end);
});

test.run();
