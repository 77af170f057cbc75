/** The data's evidence in plan, validate and apply: a made-up Hugging Face cache, and machines on which nothing is known. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../lib/finding.ts';
import type { PlanDocument } from '../../lib/plan/resource-changes.ts';
import { faultsOf } from '../support/schemas.ts';
import { makeProject, type Project, type Ran, startSft } from '../support/sft.ts';
import { publishedFolder } from '../support/tokenizers.ts';

const test = suite('evidence');

const commit = 'c'.repeat(40);
const program = `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
const model = Model.fromHub(stack, 'base', { id: 'owner/name', revision: '${commit}' });
const cluster = Cluster.local(stack, 'here');
const data = Dataset.fromFile(stack, 'rows', { path: 'rows.json', evaluation: { share: 0.1 } });
const run = { model, data, cluster, method: lora({ rank: 4 }), batch: { micro: 2 }, maxLength: 64, epochs: 1 };
new FineTune(stack, 'slow', { ...run, learningRate: 1e-5 });
new FineTune(stack, 'fast', { ...run, learningRate: 1e-3 });
app.synth();
`;

const row = (number: number, asked = '') => ({
  instruction: `Tell me of the number ${number}.${asked}`,
  output: `It comes behind ${number - 1} and before ${number + 1}.`,
});
/** One is a copy of the first; two ask so much that nothing of the answer is left. */
const long = ' Please.'.repeat(80);
const rows = [...Array.from({ length: 40 }, (_, at) => row(at)), row(0), row(41, long), row(42, long)];

let project: Project;
const hub = mkdtempSync(join(tmpdir(), 'sft-hub-'));
test.before(() => {
  const snapshot = join(hub, 'hub/models--owner--name/snapshots', commit);
  mkdirSync(snapshot, { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    copyFileSync(join(publishedFolder('qwen3'), name), join(snapshot, name));
});
test.before.each(() => {
  project = makeProject({ 'rows.json': JSON.stringify(rows, null, 1), 'stacks/demo.ts': program });
});
test.after.each(() => project.remove());
test.after(() => rmSync(hub, { recursive: true }));

/** Nothing of the machine's own cache; no Hub is asked for a commit that is named. */
const at = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> =>
  startSft(project.folder, args, { HF_HUB_CACHE: '', HF_ENDPOINT: 'http://127.0.0.1:9', ...env }).ended;
const here = (...args: string[]) => at({ HF_HOME: hub }, ...args);

interface Told {
  readonly tokens: { readonly train: Record<string, unknown>; readonly unknown?: string };
}
const evidenceIn = (out: string) =>
  (JSON.parse(out) as PlanDocument).resource_changes.flatMap(({ sft: { evidence } }) =>
    evidence ? [(evidence as { after: Told }).after] : [],
  );

test('tokens by the Hugging Face cache at the pinned commit, dropped rows, steps, and a line for each finding', async () => {
  const { code, out, err } = await here('plan', '--no-refresh');
  assert.is(code, 0, err);
  const line =
    /\+ data +rows +43 rows, 4 of them held out · alpaca format · ([\d,]+) tokens, ([\d,]+) of them trained, /;
  assert.match(out, line);
  assert.match(out, /(\d) rows? cut at 64, by the repository’s tokenizer\.json$/m);
  assert.match(out, /^ {8}dropped +[12] of 39 rows: nothing left to learn at 64 tokens$/m);
  // Without evidence it would be 20.
  assert.match(out, / · 19 steps · /);
  const told = out.slice(out.indexOf('rows of demo/rows (stacks/demo.ts:6:'));
  assert.match(told, /^ {2}warning {2}A row says the same .+ {2}rows\.json:\d+ {2}\[rows\/duplicate\]$/m);
  assert.match(told, /^ {2}warning {2}2 rows lose every token .+ \[rows\/answer-cut\]$/m);
  assert.match(told, /^ {2}do {7}Look at them: sft data inspect demo\/rows$/m);
  assert.is(out.split('[rows/duplicate]').length, 2, 'two runs on one dataset say it once');
});

test('in --json by its schema, in a saved plan, in apply before it asks, in validate, as annotations', async () => {
  const plan = await here('plan', '--no-refresh', '--json');
  assert.equal(faultsOf('plan', JSON.parse(plan.out)), []);
  const [slow, fast] = evidenceIn(plan.out);
  assert.equal(slow, fast);
  const { train } = (slow as Told).tokens;
  assert.equal([train.rows, train.sequences], [39, 39 - (train.dropped as { cutOff: number }).cutOff]);

  const saved = await here('plan', '--no-refresh', '--out', 'my.plan');
  rmSync(join(project.folder, '.sft/evidence'), { recursive: true });
  assert.is((await at({ HF_HOME: '/nowhere' }, 'show', 'my.plan')).out, saved.out);
  const asked = await here('apply');
  assert.is(asked.code, 1);
  assert.match(asked.out, /tokens, [\d,]+ of them trained/);
  assert.match(asked.out, '[rows/duplicate]');

  const [json, annotated] = [
    await here('validate', '--json'),
    await at({ HF_HOME: hub, GITHUB_ACTIONS: 'true' }, 'validate'),
  ];
  assert.is(json.code, 0, 'warnings stop nothing');
  const { findings } = JSON.parse(json.out) as { findings: Finding[] };
  const found = findings.find(({ id }) => id === 'rows/duplicate') as Finding;
  assert.is(found.count, 1);
  assert.match(found.where.path ?? '', /^rows\.json:\d+$/);
  assert.is(found.where.construct, 'demo/rows');
  assert.match(annotated.err, /^::warning file=stacks\/demo\.ts,line=6,.*title=rows\/duplicate::A row says the same/m);
});

test('what was found is kept, made anew where it is damaged, and not used for other rows', async () => {
  const first = await here('plan', '--no-refresh', '--json');
  const folder = join(project.folder, '.sft/evidence');
  const [kept = 'none', ...more] = readdirSync(folder).filter((name) => /^[0-9a-f]{12}\.json$/.test(name));
  assert.equal(more, [], 'one for both runs');
  // Where the tokenizer cannot even be opened, what is kept tells.
  const again = await at({ HF_HOME: hub, NODE_OPTIONS: withoutPackage() }, 'plan', '--no-refresh', '--json');
  assert.equal(evidenceIn(again.out), evidenceIn(first.out));
  const text = readFileSync(join(folder, kept), 'utf8');
  writeFileSync(join(folder, kept), text.replace('"rows":39', '"rows":38'));
  assert.equal(evidenceIn((await here('plan', '--no-refresh', '--json')).out), evidenceIn(first.out));
  assert.is(readFileSync(join(folder, kept), 'utf8'), text);
  project.write({ 'rows.json': JSON.stringify(rows.slice(1)) });
  const [other] = evidenceIn((await here('plan', '--no-refresh', '--json')).out);
  assert.is((other as Told).tokens.train.rows, 38);
});

/** As on a machine where the optional package is not installed. */
function withoutPackage(): string {
  const refuse = `import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  if (name === 'tokenizers') throw Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' });
  return next(name, context);
} });`;
  return `--import=data:text/javascript,${encodeURIComponent(refuse)}`;
}

test('where nothing can be known the plan is made all the same, and says why and what would help', async () => {
  const [nowhere, without] = [
    await at({ HF_HOME: '/nowhere' }, 'plan', '--no-refresh'),
    await at({ HF_HOME: hub, NODE_OPTIONS: withoutPackage() }, 'plan', '--no-refresh'),
  ];
  assert.is(nowhere.code, 0, nowhere.err);
  assert.match(
    nowhere.out,
    /alpaca format · tokens unknown: owner\/name at this commit is not in the Hugging Face cache/,
  );
  assert.match(nowhere.out, /note: The tokens of these rows are unknown: .+\[tokens\/unknown\]/);
  assert.match(nowhere.out, `do     Fetch it: hf download owner/name --revision ${commit}`);
  assert.match(nowhere.out, / · 20 steps · /);
  assert.match(nowhere.out, '[rows/duplicate]');
  assert.is(without.code, 0, without.err);
  assert.match(without.out, /tokens unknown: the npm package tokenizers is not installed/);
  assert.match(without.out, 'do     Install it beside cdksft: npm install --save-dev tokenizers');
});

test.run();
