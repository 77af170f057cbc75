// `node bench/speed.js [ROUNDS]`: how long whole commands of the packed package take, beside bare Node and the peer that
// does the like for Kubernetes (cdk8s), all in turn within one round. Prints a table; README.md says how to read it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { newEnough, root } from '../scripts/node.js';
import { setUp } from '../scripts/setup.js';
import { run, stop } from '../scripts/shell.js';

const node = await setUp();
if (!newEnough(process.versions.node)) process.exit(await run(node, process.argv.slice(1)));
const rounds = Number(process.argv[2] ?? 9);

const home = mkdtempSync(join(tmpdir(), 'sft-bench-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };

/** @param {string} command @param {readonly string[]} args @param {string} cwd */
function must(command, args, cwd, more = {}) {
  const { status, stderr, stdout } = spawnSync(command, args, { cwd, env: { ...env, ...more }, encoding: 'utf8' });
  if (status !== 0) stop(`bench: ${[command, ...args].join(' ')} gives ${status}:\n${stderr}`);
  return stdout;
}

/** @param {string} name @param {number} runs */
const program = (name, runs) => `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const stack = new Stack(new App(), '${name}');
const cluster = Cluster.ssh(stack, 'h200', { hosts: 'h200-[01-08]', gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' });
const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' });
const data = Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', samples: 10_000, format: 'alpaca' });
for (let i = 1; i <= ${runs}; i++)
  new FineTune(stack, 'sft' + i, {
    model, data, cluster, method: lora({ rank: 16 }), epochs: 3, batch: { micro: 8, global: 512 },
    learningRate: i * 1e-7, precision: 'bf16', zero: { stage: 2 },
  });
App.of(stack).synth();
`;

/** The peer's program, in its JavaScript: as many resources of the simplest kind. */
const peer = `const { App, Chart, ApiObject } = require('cdk8s');
const app = new App();
const chart = new Chart(app, 'c');
for (let i = 0; i < Number(process.env.N || 1); i++)
  new ApiObject(chart, 'o' + i, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'o' + i }, data: { a: String(i) } });
app.synth();
`;

/** @param {string} folder @param {Record<string, string>} files */
function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, folder, path)), { recursive: true });
    writeFileSync(join(home, folder, path), text);
  }
}

const numbered = Array.from({ length: 50 }, (_, index) => `s${index + 1}`);
const own = '{ "type": "module" }\n';
write('.', { 'package.json': '{ "name": "bench", "private": true }\n' });
write('one', { 'package.json': own, 'stacks/one.ts': program('one', 1) });
write('thousand', { 'package.json': own, 'stacks/thousand.ts': program('thousand', 1000) });
const fifty = numbered.map((name) => [`stacks/${name}.ts`, program(name, 1)]);
write('fifty', { 'package.json': own, ...Object.fromEntries(fifty) });
write('peer', { 'package.json': '{ "type": "commonjs" }\n', 'app.js': peer });

must('npm', ['pack', '--silent', '--pack-destination', home], root);
const tarball = readdirSync(home).find((name) => name.endsWith('.tgz')) ?? stop('bench: npm pack left no tarball.');
must('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${tarball}`, 'cdk8s@2', 'cdk8s-cli@2'], home);

const sft = join(home, 'node_modules', 'cdksft', 'bin', 'sft.js');
const cdk8s = join(home, 'node_modules', '.bin', 'cdk8s');
let caches = 0;
/** @type {{ name: string, words: string[], cwd?: string, more?: () => Record<string, string>, few?: boolean }[]} */
const works = [
  { name: 'node -e 0', words: [node, '-e', '0'] },
  { name: 'sft --version', words: [node, sft, '--version'] },
  { name: 'sft --help', words: [node, sft, '--help'] },
  { name: 'sft synth, 1 run', words: [node, sft, 'synth'], cwd: 'one' },
  {
    name: 'sft synth, 1 run, no compile cache yet',
    words: [node, sft, 'synth'],
    cwd: 'one',
    more: () => ({ NODE_COMPILE_CACHE: join(home, `cache${++caches}`) }),
  },
  { name: 'cdk8s synth, 1 resource', words: [cdk8s, 'synth', '-a', 'node app.js'], cwd: 'peer' },
  { name: 'its bare app: node app.js', words: [node, 'app.js'], cwd: 'peer' },
  { name: 'sft synth, 1,000 runs', words: [node, sft, 'synth'], cwd: 'thousand', few: true },
  {
    name: 'cdk8s synth, 1,000 resources',
    words: [cdk8s, 'synth', '-a', 'node app.js'],
    cwd: 'peer',
    more: () => ({ N: '1000' }),
    few: true,
  },
  { name: 'sft synth, 50 stacks', words: [node, sft, 'synth'], cwd: 'fifty', few: true },
];

/** @type {Map<string, number[]>} */
const times = new Map(works.map(({ name }) => [name, []]));
// The first round fills Node's compile cache and is not counted.
for (let round = 0; round <= rounds; round++)
  for (const { name, words, cwd = '.', more = () => ({}), few } of works) {
    if (few && round > 3) continue;
    const variables = more();
    const started = performance.now();
    must(words[0] ?? '', words.slice(1), join(home, cwd), variables);
    if (round > 0) times.get(name)?.push((performance.now() - started) / 1000);
  }

const megabyte = 1024 * 1024;
process.stdout.write(
  `${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}\n`,
);
process.stdout.write(`tarball ${(statSync(join(home, tarball)).size / megabyte).toFixed(2)} MB\n\n`);
process.stdout.write('| work | median s | least s | n |\n| --- | ---: | ---: | ---: |\n');
for (const [name, all] of times) {
  const sorted = all.toSorted((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  process.stdout.write(
    `| ${name} | ${median.toFixed(3)} | ${(sorted[0] ?? Number.NaN).toFixed(3)} | ${sorted.length} |\n`,
  );
}
