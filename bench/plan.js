// `node bench/plan.js [RUNS ...]`: how long `sft plan` of the packed package takes where nothing is to change, beside
// `terraform plan` of as many `terraform_data`; without numbers 1, 1,000 and 10,000. README.md says how to read it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { newEnough, root } from '../scripts/node.js';
import { setUp } from '../scripts/setup.js';
import { run, stop } from '../scripts/shell.js';

const node = await setUp();
if (!newEnough(process.versions.node)) process.exit(await run(node, process.argv.slice(1)));
const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [1, 1000, 10_000];

const home = mkdtempSync(join(tmpdir(), 'sft-bench-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` };

/** @param {string[]} words @param {string} cwd */
function must([command = '', ...args], cwd) {
  const { status, stderr, stdout } = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) stop(`bench: ${[command, ...args].join(' ')} gives ${status}:\n${stderr}`);
  return stdout;
}

/**
 * Seconds, processor seconds, and peak kilobytes of the largest process.
 * @param {string[]} words @param {string} cwd
 * @returns {{ seconds: number, processor: number, peak: number, out: string, err: string }}
 */
function measure(words, cwd) {
  const measured = JSON.parse(must(['python3', join(root, 'bench', 'measure.py'), ...words], cwd));
  if (measured.code !== 0) stop(`bench: ${words.join(' ')} gives ${measured.code}:\n${measured.err}`);
  return measured;
}

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

/** @param {number} runs */
const program = (runs) => `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const stack = new Stack(new App(), 'many');
const cluster = Cluster.local(stack, 'here');
const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' });
const data = Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', samples: 10_000, format: 'alpaca' });
for (let i = 1; i <= ${runs}; i++)
  new FineTune(stack, 'sft' + i, {
    model, data, cluster, method: lora({ rank: 16 }), epochs: 3, batch: { micro: 8 }, learningRate: i * 1e-7,
  });
App.of(stack).synth();
`;

/** @param {number} count */
const resources = (count) =>
  Array.from({ length: count }, (_, i) => `resource "terraform_data" "r${i}" {\n  input = ${i}\n}\n`).join('');

const hasPeer = spawnSync('terraform', ['version']).status === 0;
if (!hasPeer) process.stderr.write('bench: no terraform on this machine: its rows are left out\n');

must(['npm', 'pack', '--silent', '--pack-destination', home], root);
const tarball = readdirSync(home).find((name) => name.endsWith('.tgz')) ?? stop('bench: npm pack left no tarball.');
write('package.json', '{ "name": "bench", "private": true }\n');
must(['npm', 'install', '--silent', '--no-audit', '--no-fund', `./${tarball}`], home);
const sft = join(home, 'node_modules', 'cdksft', 'bin', 'sft.js');

/** @type {string[][]} */
const rows = [];
const number = (/** @type {number} */ value) => value.toFixed(3);
const grouped = (/** @type {number} */ value) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/**
 * The median one of several, and its row.
 * @param {string} name @param {string[]} words @param {string} cwd @param {number} times
 */
function row(name, words, cwd, times) {
  const all = Array.from({ length: times }, () => measure(words, cwd)).sort((a, b) => a.seconds - b.seconds);
  const median = all[Math.floor((times - 1) / 2)] ?? stop('bench: nothing was measured');
  rows.push([name, number(median.seconds), number(median.processor), `${Math.round(median.peak / 1024)}`, `${times}`]);
  process.stderr.write(`bench: ${rows.at(-1)?.join('  ')}\n`);
  return median;
}

/** @param {number} runs */
function ours(runs) {
  const folder = join(home, `sft${runs}`);
  write(`sft${runs}/package.json`, '{ "type": "module" }\n');
  write(`sft${runs}/stacks/many.ts`, program(runs));
  process.stderr.write(`bench: applying ${grouped(runs)} runs\n`);
  must([node, join(root, 'bench', 'applied.ts'), folder], folder);
  const times = runs <= 10 ? 9 : 3;
  // Fills Node's compile cache.
  measure([node, sft, 'plan'], folder);
  const plan = row(
    `sft plan, ${grouped(runs)}`,
    [node, sft, 'plan', '--debug', '--program-timeout', '600'],
    folder,
    times,
  );
  if (!plan.out.includes('Nothing to do.')) stop(`bench: the plan of ${runs} applied runs is not empty:\n${plan.out}`);
  if (runs >= 1000) {
    const more = (/** @type {string[]} */ ...words) => [node, sft, 'plan', '--program-timeout', '600', ...words];
    row(`sft plan --no-refresh, ${grouped(runs)}`, more('--no-refresh'), folder, 1);
    row(`sft plan --json, ${grouped(runs)}`, more('--json'), folder, 1);
    row(`sft plan --out, ${grouped(runs)}`, more('--out', join(home, 'plan.json')), folder, 1);
    row(`sft status, ${grouped(runs)}`, [node, sft, 'status'], folder, 1);
  }
  return `${grouped(runs)}: ${plan.err.split('\n').find((line) => line.startsWith('time:')) ?? ''}`;
}

/** @param {number} count */
function peer(count) {
  const folder = join(home, `terraform${count}`);
  write(`terraform${count}/main.tf`, resources(count));
  must(['terraform', 'init', '-no-color'], folder);
  process.stderr.write(`bench: terraform applies ${grouped(count)}\n`);
  must(['terraform', 'apply', '-auto-approve', '-no-color', '-parallelism=50'], folder);
  const { out } = row(
    `terraform plan, ${grouped(count)}`,
    ['terraform', 'plan', '-no-color'],
    folder,
    count <= 10 ? 9 : count <= 1000 ? 3 : 1,
  );
  if (!out.includes('No changes')) stop(`bench: terraform's plan is not empty:\n${out}`);
}

const load = loadavg()[0];
const phases = sizes.map((runs) => {
  const told = ours(runs);
  if (hasPeer) peer(runs);
  return told;
});
const largest = Math.max(...sizes);
const state = join(home, `sft${largest}`, '.sft', 'state', 'many');
const { effect, recovery } = JSON.parse(must([node, join(root, 'bench', 'journal.ts'), state], home));

process.stdout.write(
  `${cpus()[0]?.model}, ${cpus().length} cores, load ${load?.toFixed(1)}, Node ${process.versions.node}\n\n`,
);
process.stdout.write('| work | seconds | processor s | peak MB | n |\n| --- | ---: | ---: | ---: | ---: |\n');
for (const cells of rows) process.stdout.write(`| ${cells.join(' | ')} |\n`);
process.stdout.write(`\n${phases.join('\n')}\n`);
process.stdout.write(`an effect's two lines in the journal: ${(effect * 1000).toFixed(2)} ms\n`);
process.stdout.write(`100,000 lines recovered: ${number(recovery)} s\n`);
