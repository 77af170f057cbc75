// The Python environment that the tests use: everything the trainer can need on a CPU, and pytest.
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './node.js';
import { run, stop } from './shell.js';

const features = ['base', 'deepspeed', 'bitsandbytes', 'tensorboard', 'test'];

function requirements() {
  const texts = features.map((feature) =>
    readFileSync(join(root, 'trainer', 'requirements', 'cpu', `${feature}.txt`), 'utf8'),
  );
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '' && !line.startsWith('#'));
  return `${[...new Set(lines)].sort().join('\n')}\n`;
}

const home = join(root, '.sft', 'test-environment');

/** The folder of the environment that today's requirements ask for; it may not be there yet. */
export function testEnvironment() {
  return join(home, createHash('sha256').update(requirements()).digest('hex').slice(0, 12));
}

/** Its interpreter. */
export function testPython() {
  return process.env.SFT_TEST_PYTHON ?? join(testEnvironment(), 'bin', 'python');
}

/** A Python that the trainer runs on. @returns {string} */
export function findPython() {
  for (const name of ['python3.11', 'python3.12', 'python3.13', 'python3']) {
    const found = spawnSync(
      name,
      ['-c', 'import sys, venv; print(sys.version_info[:2] >= (3, 11) and sys.version_info[:2] < (3, 14))'],
      {
        encoding: 'utf8',
      },
    );
    if (found.status === 0 && found.stdout.trim() === 'True') return name;
  }
  return stop(
    'set-up: there is no Python 3.11 to 3.13 with venv and pip. Install Python 3.11 (on Debian: python3 python3-venv).',
  );
}

/** pip reports tens of lines a package; one word a package is enough. @param {string} python @param {string} file */
async function install(python, file) {
  // DeepSpeed would compile its kernels at once; the CPU needs none of them before they are used.
  const env = { ...process.env, DS_BUILD_OPS: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  // torch first, so that no other package pulls another build of it.
  const torch = readFileSync(file, 'utf8')
    .split('\n')
    .find((line) => line.startsWith('torch=='));
  for (const what of [[torch ?? 'torch'], ['-r', file]]) {
    const code = await run(python, ['-m', 'pip', 'install', '--quiet', '--no-input', ...what], { env });
    if (code !== 0)
      stop(`set-up: pip failed (exit ${code}); its message is above. Run the same command again to go on.`);
  }
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Removes what a set-up that was ended has left; another one may be building at this moment. */
function clearInterrupted() {
  const final = testEnvironment();
  const inUse = existsSync(final) ? realpathSync(final) : '';
  for (const name of readdirSync(home)) {
    const [place = '', pid] = name.split('.making-');
    if (pid === undefined || alive(Number(pid))) continue;
    if (place !== basename(inUse)) rmSync(join(home, place), { recursive: true, force: true });
    rmSync(join(home, name), { recursive: true, force: true });
  }
}

/** Makes the test environment where it is missing, and publishes it when whole. */
export async function ensureTestEnvironment() {
  if (process.env.SFT_TEST_PYTHON) return;
  const final = testEnvironment();
  mkdirSync(home, { recursive: true });
  clearInterrupted();
  if (existsSync(final)) return;
  const started = Date.now();
  process.stdout.write('set-up: Python packages of the tests (torch, TRL, PEFT, DeepSpeed): about 2 minutes\n');
  // An environment knows its own path, so it is built in its last place and published by a link.
  const place = `${final}.${randomUUID().slice(0, 8)}`;
  const building = `${place}.making-${process.pid}`;
  mkdirSync(building);
  const code = await run(findPython(), ['-m', 'venv', place]);
  if (code !== 0) stop('set-up: python -m venv failed. On Debian, install python3-venv.');
  const file = join(building, 'requirements.txt');
  writeFileSync(file, requirements());
  await install(join(place, 'bin', 'python'), file);
  const link = join(building, 'link');
  symlinkSync(place, link);
  renameSync(link, final);
  rmSync(building, { recursive: true });
  for (const name of readdirSync(home))
    if (!join(home, name).startsWith(final)) rmSync(join(home, name), { recursive: true, force: true });
  process.stdout.write(`set-up: Python packages are there (${Math.round((Date.now() - started) / 1000)} s)\n`);
}
