/** Names and values that mean something to a shell, a path, a terminal: refused, or data like any other. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Construct } from 'constructs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collect } from '../../lib/constructs/collect.ts';
import { App, Cluster, Dataset, FineTune, lora, Model, Stack } from '../../lib/index.ts';
import { rows } from '../support/programs.ts';
import type { Ran } from '../support/sft.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('hostile names');

/** Projects lie in a folder of their own, so that what is written beside one is seen, and nothing of others. */
const around = realpathSync(mkdtempSync(join(tmpdir(), 'sft-around-')));
process.env.TMPDIR = around;
test.after(() => rmSync(around, { recursive: true, force: true }));

const long = 'x'.repeat(4096);
const names = [
  `it's`,
  '"q"',
  '$(touch CANARY)',
  '`touch CANARY`',
  '-rf',
  '..',
  '.',
  '',
  'a b',
  'a;b',
  '*',
  '~',
  'caf\u00e9',
  'cafe\u0301',
  '\u0430dmin',
  '\u001b[2J',
  '\u202etxt',
  'a\0b',
  long,
];

type Part = 'stack' | 'run' | 'data' | 'model' | 'cluster' | 'above';

/** Ids of the errors about a tree in which one part has the name. */
function errorsOf(part: Part, name: string): string[] {
  const named = (own: Part, otherwise: string) => (own === part ? name : otherwise);
  const app = new App();
  const stack = new Stack(app, named('stack', 'demo'));
  new FineTune(part === 'above' ? new Construct(stack, name) : stack, named('run', 'sft'), {
    model: Model.fromHub(stack, named('model', 'base'), { id: 'nobody/nothing' }),
    data: Dataset.fromFile(stack, named('data', 'rows'), { path: 'examples/data/everyday.json' }),
    cluster: Cluster.local(stack, named('cluster', 'here')),
    method: lora(),
    batch: { micro: 2 },
  });
  return collect(app).findings.flatMap(({ id, severity }) => (severity === 'error' ? [id] : []));
}

test('names of constructs, ours and those that ours are in: refused, whatever is tried', () => {
  for (const part of ['stack', 'run', 'data', 'model', 'cluster', 'above'] as const)
    for (const name of names) {
      // The package constructs refuses that itself.
      if (part === 'above' && name === '') continue;
      assert.ok(errorsOf(part, name).includes('construct/name'), `${part} ${JSON.stringify(name.slice(0, 30))}`);
    }
  for (const part of ['stack', 'run', 'data', 'model', 'cluster', 'above'] as const)
    assert.equal(errorsOf(part, 'a..b-1_C'), [], part);
});

/** All of it in one value; the canary by a relative name, since a file's name holds no slash. */
const hostile = `$(touch CANARY) \`touch CANARY\` 'q" ;touch CANARY; && touch CANARY | \\ %s é e\u0301 \u0430 \u202e\u001b[2J\u001b]0;title\u0007\u009b31m`;
const fileName = `-rf ${hostile}\n.json`;
/** What DeepSpeed's launcher could not pass on is refused; the rest is not. */
const variables = {
  HOSTILE: `';touch CANARY; && touch CANARY | #(x) <y> {z} * ~ ! e\u0301 \u0430 \u202e`.concat('.'),
  LONG: long,
  DASH: '--help',
};
const tags = { [hostile]: `${hostile}\n`, long, '-rf': '--' };
const workspace = `.sft/-work ${hostile}`;

const text = () =>
  program(`environment: ${JSON.stringify(variables)}, tags: ${JSON.stringify(tags)},`)
    .replace("path: 'rows.json'", `path: ${JSON.stringify(fileName)}`)
    .replace("'here')", `'here', { workspace: ${JSON.stringify(workspace)} })`);

/** What a terminal would obey, or take for text that runs the other way; newline and tab are harmless. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const commands = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

function checkPrinted(what: string, { out, err }: Ran): void {
  for (const printed of [out, err]) {
    const found = commands.exec(printed);
    assert.is(
      found,
      null,
      `${what}: ${JSON.stringify(printed.slice((found?.index ?? 0) - 60, (found?.index ?? 0) + 20))}`,
    );
  }
  assert.not.match(err, /bug of sft/, what);
}

/** Everything below a folder, links not followed. */
function listing(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() && entry.name !== 'node_modules' ? [path, ...listing(path)] : [path];
  });
}

const canaries = (it: StandIn) =>
  [...listing(it.folder), ...listing(it.ledger), ...readdirSync('.')].filter((path) => basename(path) === 'CANARY');

/** The Python that the stand-in lends lies in the usual workspace; its training says and tells hostile things. */
function prepare(it: StandIn): void {
  const usual = join(it.folder, '.sft/workspace/environments');
  cpSync(usual, join(it.folder, workspace, 'environments'), { recursive: true });
  const [name = ''] = readdirSync(usual);
  const training = join(usual, name, 'training.py');
  const told = JSON.stringify(hostile);
  const events = [
    'notice", "message": told',
    'step", "step": told, "loss": told',
    'checkpoint", "step": 1, "bytes": 2, "path": told',
  ];
  const lines = events.map(
    (event) => `    file.write(json.dumps({"kind": "${event}, "time": 1}, ensure_ascii=False) + "\\n")`,
  );
  const more = `told = ${told}\nprint(told, flush=True)\nwith open(attempt / "events.jsonl", "a") as file:\n${lines.join('\n')}\n`;
  const script = readFileSync(training, 'utf8')
    .replace('while not', `${more}while not`)
    .replace('"cause": cause,', '"cause": cause, "message": told,');
  writeFileSync(training, script);
}

async function make(): Promise<StandIn> {
  const it = await StandIn.make(program());
  it.project.write({ 'stacks/demo.ts': text(), [fileName]: rows });
  prepare(it);
  return it;
}

test('tags, variables, a data file, a workspace, what a training says: data like any other, in every command', async () => {
  const it = await make();
  try {
    const run = async (...words: string[]): Promise<Ran> => {
      const ran = await it.sft(...words);
      checkPrinted(words.join(' '), ran);
      return ran;
    };
    for (const words of [
      ['synth'],
      ['validate'],
      ['plan'],
      ['plan', '--json'],
      ['plan', '--out', 'my.plan'],
      ['show', 'my.plan'],
    ]) {
      const { code, err } = await run(...words);
      assert.is(code, 0, `${words}: ${err}`);
    }
    const applied = await run('apply', 'my.plan');
    assert.is(applied.code, 0, applied.err);
    const [start] = await it.awaitStarts(1);
    const given = readFileSync(`/proc/${start?.pid}/environ`, 'utf8').split('\0');
    for (const [name, value] of Object.entries(variables)) assert.ok(given.includes(`${name}=${value}`), name);
    for (const words of [
      ['status'],
      ['status', '--json'],
      ['logs'],
      ['logs', '--json'],
      ['state', 'show'],
      ['state', 'pull'],
    ])
      assert.is((await run(...words)).code, 0, words.join(' '));
    it.finish('user-code');
    assert.equal(await it.awaitQuiet(), []);
    for (const words of [
      ['status'],
      ['status', '--json'],
      ['logs'],
      ['logs', '--json'],
      ['plan'],
      ['plan', '--json'],
      ['output', 'sft'],
    ])
      await run(...words);
    assert.match((await run('logs')).out, /\\u001b\[2J/);
    // The line that is printed is typed as it is.
    byHand(it, (await run('export', '--', `-out ${hostile.slice(0, 40)}`)).out);
    assert.is((await run('destroy', '--yes', '--results', 'sft')).code, 0);
    assert.equal(canaries(it), []);
    const beside = readdirSync(around).filter((name) => !/^(sft|node-compile-cache)/.test(name));
    assert.equal(beside, [], 'something was written beside the project');
  } finally {
    await it.remove();
  }
});

/** As a person does: the training begins, gets the variables, and nothing else runs. */
function byHand(it: StandIn, script: string): void {
  const before = it.starts().length;
  const [name = ''] = readdirSync(join(it.folder, workspace, 'environments'));
  const env = {
    ...process.env,
    SFT_PYTHON: join(it.folder, workspace, 'environments', name, 'bin/python'),
    SFT_ROOT: join(it.folder, workspace),
    SFT_RUN: join(it.folder, `by hand ${before} ${hostile}`),
  };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: it.folder, env, encoding: 'utf8' });
  assert.is(it.starts().length, before + 1, `${script}: ${status} ${stdout}${stderr}`);
}

test('a null byte, a path too long, a variable that is none: refused with what to do, before anything is written', async () => {
  const it = await StandIn.make(program());
  try {
    const before = listing(it.folder);
    const cases: Record<string, string> = {
      'null byte in a variable': program('environment: { A: "a\\0b" },'),
      'a command in a variable': program('environment: { A: "$(touch CANARY)" },'),
      'lines in a variable': program('environment: { A: "a\\ntouch CANARY" },'),
      'a name of no variable': program('environment: { "A=$(touch CANARY)": "x" },'),
      'null byte in a path': program().replace("'rows.json'", '"rows\\0.json"'),
      'null byte in a workspace': program().replace("'here')", `'here', { workspace: "a\\0b" })`),
      'a path too long': program().replace("'rows.json'", JSON.stringify(long)),
      'a workspace too long': program().replace("'here')", `'here', { workspace: ${JSON.stringify(long)} })`),
      'null byte in a Python': program().replace("'here')", `'here', { python: "a\\0b" })`),
      'a Python that is a command': program().replace("'here')", `'here', { python: "$(touch CANARY)" })`),
    };
    for (const [what, changed] of Object.entries(cases)) {
      it.project.write({ 'stacks/demo.ts': changed });
      const ran = await it.sft('apply', '--yes');
      checkPrinted(what, ran);
      assert.ok(ran.code === 65 || ran.code === 1, `${what}: ${ran.code} ${ran.err}`);
      assert.match(ran.err, /error: [\s\S]* do {5}/, what);
      assert.equal(it.starts(), [], what);
    }
    assert.equal(canaries(it), []);
    assert.equal(
      listing(it.folder).filter((path) => !before.includes(path) && !/\.sft\/state/.test(path)),
      [],
    );
  } finally {
    await it.remove();
  }
});

test.run();
