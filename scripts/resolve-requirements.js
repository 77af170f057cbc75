// Resolves trainer/requirements/*.in with uv into one consistent set, and writes what each feature adds to the base:
// trainer/requirements/<platform>/<feature>.txt and lib/catalog/pins.json. With --check it writes nothing, and
// exits 1 where a resolution that prefers the committed pins gives other ones.
//
//   node scripts/resolve-requirements.js [--check] [--uv PATH] [--upgrade]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'trainer', 'requirements');
const features = ['base', 'deepspeed', 'bitsandbytes', 'flash-attention', 'tensorboard', 'wandb', 'mlflow', 'test'];
// The lowest Python that the trainer runs on decides: its pins install on the later ones too.
const pythonVersion = '3.11';
/** Wheels that only a GPU needs: torch of a CPU machine comes without them. */
const gpuOnly = /^(nvidia-|cuda-|triton==)/;

/** @param {string} name */
const option = (name) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
};
const check = process.argv.includes('--check');
const uv = option('--uv') ?? 'uv';

/**
 * @param {string[]} names
 * @param {string | undefined} constraints
 * @returns {string[]} pinned lines, sorted
 */
function compile(names, constraints) {
  const arguments_ = ['pip', 'compile', '--quiet', '--no-header', '--no-annotate', '--python-version', pythonVersion];
  arguments_.push('--python-platform', 'x86_64-manylinux_2_28', '--config-file', join(folder, 'uv.toml'));
  if (constraints) arguments_.push('--constraints', constraints);
  const inputs = names.map((name) => join(folder, `${name}.in`));
  const result = spawnSync(uv, [...arguments_, ...inputs], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (result.error || result.status !== 0) {
    process.stderr.write(`resolve-requirements: ${result.error?.message ?? result.stderr}\n`);
    process.exit(1);
  }
  return result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** @returns {string[]} all pins that are committed */
function committed() {
  try {
    const files = features.map((feature) => readFileSync(join(folder, 'cuda', `${feature}.txt`), 'utf8'));
    return files.flatMap((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
  } catch {
    return [];
  }
}

const temporary = mkdtempSync(join(tmpdir(), 'sft-requirements-'));
const universe = join(temporary, 'universe.txt');
const kept = process.argv.includes('--upgrade') ? [] : committed();
writeFileSync(universe, `${kept.join('\n')}\n`);
writeFileSync(universe, `${compile(features, universe).join('\n')}\n`);

const base = compile(['base'], universe);
/** @type {{ cpu: Record<string, string[]>, cuda: Record<string, string[]> }} */
const platforms = { cpu: {}, cuda: {} };
for (const feature of features) {
  const all = feature === 'base' ? base : compile(['base', feature], universe);
  const added = feature === 'base' ? base : all.filter((line) => !base.includes(line));
  platforms.cuda[feature] = added;
  // Kernels that are built for CUDA have no place on a CPU.
  if (feature !== 'flash-attention') platforms.cpu[feature] = added.filter((line) => !gpuOnly.test(line));
}
rmSync(temporary, { recursive: true });

const head = '# Resolved by scripts/resolve-requirements.js; change the .in files, not this.\n';
/** @type {[string, string][]} */
const outputs = [
  ...Object.entries(platforms).flatMap(([platform, lists]) =>
    Object.entries(lists).map(
      ([feature, lines]) =>
        /** @type {[string, string]} */ ([join(folder, platform, `${feature}.txt`), `${head}${lines.join('\n')}\n`]),
    ),
  ),
  [join(root, 'lib', 'catalog', 'pins.json'), `${JSON.stringify(platforms, null, 2)}\n`],
];
let different = 0;
for (const [path, text] of outputs) {
  let before = '';
  try {
    before = readFileSync(path, 'utf8');
  } catch {}
  if (before === text) continue;
  different++;
  if (check) process.stderr.write(`resolve-requirements: ${path.slice(root.length + 1)} would change\n`);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
process.stdout.write(
  different === 0 ? 'requirements are current\n' : `${different} files ${check ? 'would change' : 'written'}\n`,
);
process.exit(check && different > 0 ? 1 : 0);
