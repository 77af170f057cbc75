/**
 * The published package as each package manager lays it out: a workspace at a path with spaces, whose stacks use a
 * construct of another package of the workspace. All say and write the same.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isUnreachable, pack, run, write } from '../support/package.ts';
import { checkout, type Ran } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'sft layouts ')));
const managers = join(home, 'managers');
const { constructs } = (
  JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { dependencies: { constructs: string } }
).dependencies;

/** Of a team: its package knows cdksft as a peer, and has it itself for its own tests. */
const shared = `import { Construct } from 'constructs';
import { Cluster, Dataset, FineTune, lora, Model } from 'cdksft';

export class SevenB extends Construct {
  constructor(scope: Construct, id: string, epochs: number) {
    super(scope, id);
    const model = Model.fromHub(this, 'base', { id: 'meta-llama/Llama-2-7b-hf' });
    const data = Dataset.fromHub(this, 'alpaca', { id: 'tatsu-lab/alpaca', format: 'alpaca' });
    const cluster = Cluster.local(this, 'here', { gpus: { type: 'H200', count: 2 } });
    new FineTune(this, 'sft', { model, data, cluster, method: lora({ rank: 4 }), batch: { micro: 2 }, epochs });
  }
}
`;

const stack = `import { App, Stack } from 'cdksft';
import { SevenB } from '@team/shared';

const app = new App();
new SevenB(new Stack(app, 'probe'), 'seven', 2);
app.synth();
`;

interface Layout {
  readonly name: string;
  /** Arguments of Node that install the workspace. */
  readonly install: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How one package of the workspace names another. */
  readonly workspace: string;
  readonly files?: Readonly<Record<string, string>>;
}

const yarnSettings = 'enableTelemetry: false\nenableGlobalCache: false\n';
const manager = (...path: string[]) => join(managers, 'node_modules', ...path);
const berry = [manager('@yarnpkg', 'cli-dist', 'bin', 'yarn.js'), 'install'];

const layouts: readonly Layout[] = [
  {
    name: 'npm',
    install: [manager('npm', 'bin', 'npm-cli.js'), 'install', '--prefer-offline', '--no-audit', '--no-fund'],
    workspace: '*',
  },
  {
    name: 'pnpm',
    install: [
      manager('pnpm', 'bin', 'pnpm.cjs'),
      'install',
      '--no-frozen-lockfile',
      '--store-dir',
      join(home, 'store'),
    ],
    workspace: 'workspace:*',
    files: { 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n' },
  },
  {
    name: 'yarn 1',
    install: [manager('yarn', 'bin', 'yarn.js'), 'install', '--non-interactive', '--cache-folder', join(home, 'cache')],
    workspace: '1.0.0',
  },
  {
    name: 'yarn 4, node-modules',
    install: berry,
    workspace: 'workspace:*',
    files: { '.yarnrc.yml': `nodeLinker: node-modules\n${yarnSettings}`, 'yarn.lock': '' },
  },
  {
    name: 'yarn 4, plug and play',
    install: berry,
    workspace: 'workspace:*',
    files: { '.yarnrc.yml': yarnSettings, 'yarn.lock': '' },
  },
];

const rootOf = ({ name }: Layout) => join(home, `a ${name} workspace`);

function lay(layout: Layout, tarball: string): void {
  const sdk = `file:${join(home, tarball)}`;
  const own = { version: '1.0.0', private: true, type: 'module' };
  write(rootOf(layout), {
    'package.json': {
      ...own,
      name: 'root',
      workspaces: ['packages/*'],
      devDependencies: { cdksft: sdk },
      // A file is another package to each that names it; one of a registry would be the same to all.
      resolutions: { cdksft: sdk },
    },
    'packages/shared/package.json': {
      ...own,
      name: '@team/shared',
      exports: './index.ts',
      peerDependencies: { cdksft: '*', constructs: '*' },
      devDependencies: { cdksft: sdk, constructs },
    },
    'packages/shared/index.ts': shared,
    'packages/experiments/package.json': {
      ...own,
      name: 'experiments',
      dependencies: { '@team/shared': layout.workspace, cdksft: sdk, constructs },
    },
    'packages/experiments/stacks/probe.ts': stack,
    'packages/older/package.json': { ...own, name: 'older', dependencies: { cdksft: sdk, constructs: '10.4.2' } },
    'packages/older/shared.ts': shared,
    'packages/older/stacks/probe.ts': stack.replace('@team/shared', '../shared.ts'),
    // It uses what it does not name.
    'packages/careless/package.json': { ...own, name: 'careless', dependencies: { cdksft: sdk } },
    'packages/careless/stacks/probe.ts': `import { Construct } from 'constructs';\nexport class A extends Construct {}\n`,
    ...layout.files,
  });
}

/** Of the machine's own settings: none is written here. */
const registry = (await run('npm', ['config', 'get', 'registry'], { cwd: home })).out.trim();
const environment = {
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  YARN_NPM_REGISTRY_SERVER: registry,
  YARN_REGISTRY: registry,
  // Of a machine that makes packages for others: here nothing is locked yet.
  YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
  YARN_ENABLE_HARDENED_MODE: '0',
};

write(managers, { 'package.json': { private: true } });
const wanted = ['npm@11.19.1', 'pnpm@10.34.9', 'yarn@1.22.22', '@yarnpkg/cli-dist@4.18.1'];
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
const [packed, fetched] = await Promise.all([
  pack(home),
  run('npm', ['install', '--no-save', ...quiet, ...wanted], { cwd: managers }),
]);

function install(layout: Layout): Promise<Ran> {
  lay(layout, packed.filename);
  return run(process.execPath, layout.install, { cwd: rootOf(layout), env: environment });
}

const installs = new Map<Layout, Ran>();
if (fetched.code === 0)
  for (const [index, ran] of (await Promise.all(layouts.map(install))).entries()) {
    const layout = layouts[index];
    if (layout) installs.set(layout, ran);
  }

const sft = (layout: Layout, below: string, ...args: string[]) => {
  const own = join(rootOf(layout), below, 'node_modules', '.bin', 'sft');
  const command = existsSync(own) ? own : join(rootOf(layout), 'node_modules', '.bin', 'sft');
  // pnpm's is a program for the shell.
  return run(command, args, {
    cwd: join(rootOf(layout), below),
    env: environment,
  });
};

function inLayout(layout: Layout, name: string, check: () => Promise<void>): void {
  const ran = installs.get(layout) ?? fetched;
  if (isUnreachable(ran)) skip(`${layout.name}: ${name}`, 'the npm registry cannot be reached');
  else
    test(`${layout.name}: ${name}`, async () => {
      assert.is(ran.code, 0, ran.out + ran.err);
      await check();
    });
}

const written = (layout: Layout): Record<string, string> => {
  const folder = join(rootOf(layout), 'packages', 'experiments', 'synth');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
};

const plain = layouts.filter(({ name }) => !name.includes('plug'));
for (const layout of plain)
  inLayout(layout, 'from the root with -C, and from the package; shared constructs; the same bytes', async () => {
    const experiments = join('packages', 'experiments');
    const fromRoot = await sft(layout, '.', '-C', experiments, 'synth');
    assert.is(fromRoot.code, 0, fromRoot.err);
    const [check, plan, alone, older, careless] = await Promise.all([
      sft(layout, experiments, 'synth', '--check'),
      sft(layout, experiments, 'plan', '--no-refresh', '--json'),
      run(process.execPath, ['stacks/probe.ts'], { cwd: join(rootOf(layout), experiments) }),
      sft(layout, join('packages', 'older'), 'validate'),
      sft(layout, join('packages', 'careless'), 'validate'),
    ]);
    assert.is(check.code, 0, check.out + check.err);
    assert.is(plan.code, 0, plan.err);
    assert.is(alone.code, 0, alone.err);
    const [first] = plain;
    if (first) assert.equal(written(layout), written(first));
    assert.is(older.code, 65);
    assert.match(older.out, `"constructs": "${constructs}"`);
    assert.match(older.out, /shared\.ts:7:\d+/);
    // pnpm links what a package names, and nothing else.
    assert.is(careless.code, 65);
    assert.match(
      careless.out,
      layout.name === 'pnpm' ? /"constructs", .* not installed[\s\S]*pnpm add/ : /program\/no-synth/,
    );
  });

const pnpm = layouts.find(({ name }) => name === 'pnpm');
if (pnpm)
  inLayout(pnpm, 'types are right where packages are linked', async () => {
    const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: false };
    const types = { types: ['node'], typeRoots: [join(checkout, 'node_modules', '@types')] };
    const folder = join('packages', 'experiments');
    write(rootOf(pnpm), {
      [join(folder, 'tsconfig.json')]: { compilerOptions: { ...compilerOptions, ...types }, include: ['stacks'] },
    });
    const tsc = join(checkout, 'node_modules', '.bin', 'tsc');
    const { code, out } = await run(tsc, ['-p', '.'], { cwd: join(rootOf(pnpm), folder), env: environment });
    assert.is(code, 0, out);
  });

const [npm] = layouts;
for (const layout of plain)
  inLayout(layout, 'a mistake in the shared construct has its file and line', async () => {
    const experiments = join('packages', 'experiments');
    const path = join(experiments, 'stacks', 'probe.ts');
    write(rootOf(layout), { [path]: stack.replace(', 2)', ', -2)') });
    const { code, out } = await sft(layout, experiments, 'validate');
    write(rootOf(layout), { [path]: stack });
    assert.is(code, 65, out);
    assert.match(out, /packages\/shared\/index\.ts:10:103 {2}probe\/seven\/sft {2}epochs\n/);
    assert.match(out, /^ {2}> 10 \| .*epochs \}\);$/m);
  });

const pnp = layouts.at(-1);
if (pnp && npm)
  inLayout(pnp, 'a command says what to set; help, and node alone, still do', async () => {
    const yarn = (...args: string[]) =>
      run(process.execPath, [berry[0] ?? '', ...args], {
        cwd: join(rootOf(pnp), 'packages', 'experiments'),
        env: environment,
      });
    const [plan, json, help, alone] = await Promise.all([
      yarn('sft', 'plan', '--no-refresh'),
      yarn('sft', 'validate', '--json'),
      yarn('sft', '--help'),
      yarn('node', 'stacks/probe.ts'),
    ]);
    assert.is(plan.code, 65);
    assert.match(plan.err, 'Write nodeLinker: node-modules into .yarnrc.yml, and run yarn install.');
    assert.is(json.code, 65);
    assert.equal(
      (JSON.parse(json.out) as { findings: { id: string }[] }).findings.map(({ id }) => id),
      ['project/plug-and-play'],
    );
    assert.is(help.code, 0, help.err);
    assert.is(alone.code, 0, alone.err);
    assert.equal(written(pnp), written(npm));
  });

test.after(() => rmSync(home, { recursive: true, force: true }));

test.run();
