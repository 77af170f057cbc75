/** The local target with the real supervisor and a few lines of Python as the training; without torch. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOf, short } from '../../lib/base/hash.ts';
import { UserError } from '../../lib/errors.ts';
import type { Artifact } from '../../lib/manifest.ts';
import type { Found } from '../../lib/state/attempt.ts';
import { exportStack } from '../../lib/targets/export.ts';
import { type Case, makeCase } from '../support/workspace-case.ts';

const never = new AbortController().signal;
const provenance = { plan: hashOf('plan') };
const how = { provenance, accept: 'exact' } as const;

const test = suite<{ cases: Case[]; make: typeof makeCase }>('local target');
test.before.each((context) => {
  context.cases = [];
  context.make = (parts) => {
    const made = makeCase(parts);
    context.cases.push(made);
    return made;
  };
});
test.after.each(({ cases }) => {
  for (const each of cases) each.remove();
});

/** Making a virtual environment takes seconds: the empty one is made once, and lent to each case. */
const lent = mkdtempSync(join(tmpdir(), 'sft environments '));
test.after(() => rmSync(lent, { recursive: true, force: true }));

/** Builds all that the run needs. */
async function ready(at: Case): Promise<void> {
  mkdirSync(join(at.project, 'ws'));
  symlinkSync(lent, join(at.project, 'ws/environments'));
  for (const artifact of [at.environment, at.bundle, at.data]) await at.target().build(artifact, () => {}, never);
}

async function attempts(at: Case): Promise<readonly Found[]> {
  const found = (await at.target().find([at.job])).get(at.job.address);
  if (found === undefined || found === 'unknown') throw new Error(`attempts are ${found}`);
  return found;
}

async function until(what: () => Promise<boolean> | boolean, seconds = 20): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await sleep(50);
  }
}

async function failure(promise: Promise<unknown>): Promise<UserError> {
  try {
    await promise;
  } catch (caught) {
    if (caught instanceof UserError) return caught;
    throw caught;
  }
  throw new Error('nothing was thrown');
}

const artifactsOf = (at: Case) => at.manifest.resources.filter((one): one is Artifact => one.life === 'artifact');
const start = (at: Case, n = 1) => at.target().start(at.job, artifactsOf(at), n, how);
const starts = (run: string) => readFileSync(join(run, 'starts.jsonl'), 'utf8').trim().split('\n');

test('environment with a package, data, a run: done, with its result; twice is no second start', async ({ make }) => {
  const at = make({ training: 'import six; step(1); checkpoint(1); done(2)', requirements: 'six' });
  const lines: string[] = [];
  const emit = (event: { kind: string; line?: string }) => void lines.push(event.line ?? '');
  for (const artifact of [at.environment, at.bundle]) await at.target().build(artifact, emit, never);
  assert.ok(
    lines.some((line) => /six/.test(line)),
    lines.join('\n'),
  );
  assert.equal(
    [...(await at.target().has([at.environment, at.bundle, at.data])).values()],
    ['whole', 'whole', 'absent'],
  );
  await at.target().build(at.data, emit, never);
  assert.is((await at.target().has([at.data])).get(at.data.address), 'whole');

  const [handle, again] = await Promise.all([start(at), start(at)]);
  assert.is(again, handle);
  const kinds: string[] = [];
  for await (const event of at.target().follow(at.job, 1, { follow: true })) kinds.push(event.kind);
  assert.is(kinds[0], 'step');
  assert.is(kinds.at(-1), 'end');
  const [found] = await attempts(at);
  assert.is(found?.state, 'ended');
  assert.is(found?.cause, 'done');
  assert.is(found?.handle, handle);
  assert.is(found?.checkpoint, 1);
  assert.is(await start(at), handle);
  const { run, result } = await at.target().paths(at.job);
  assert.ok(existsSync(join(result, 'result.json')));
  assert.is(starts(run).length, 1);
  const claim = JSON.parse(readFileSync(join(run, 'attempts/1/claim.json'), 'utf8'));
  assert.equal(claim.provenance, provenance);
  assert.is(claim.token, found?.token);
});

test('prepared data that were altered are made anew, in the same bytes', async ({ make }) => {
  const at = make();
  await ready(at);
  const file = join(at.project, 'ws/data', short(at.data.key), 'train.jsonl');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace('One', 'Two'));
  assert.is((await at.target().has([at.data])).get(at.data.address), 'altered');
  await at.target().build(at.data, () => {}, never);
  assert.is(readFileSync(file, 'utf8'), before);
});

test('a start that fails before its claim shows what launch.sh said', async ({ make }) => {
  const at = make();
  const error = await (async () => {
    await ready(at);
    const [bundle = ''] = readdirSync(join(at.project, 'ws/bundles'));
    writeFileSync(join(at.project, 'ws/bundles', bundle, 'launch.sh'), 'echo no torch here >&2; exit 69');
    return failure(start(at));
  })();
  assert.is(error.findings[0]?.id, 'start/failed');
  assert.match(error.message, /exit code 69[\s\S]*no torch here/);
  assert.equal(await attempts(at), []);
});

test('stop asks, the training saves; kill -9 of the supervisor is lost, and the next attempt starts', async ({
  make,
}) => {
  const at = make({ training: 'checkpoint(3); n = until_asked(); outcome("cancelled", n)' });
  await ready(at);
  await start(at);
  await until(async () => ((await attempts(at))[0]?.step ?? 0) > 0);
  await at.target().stop(at.job, 1, true, never);
  assert.is((await attempts(at))[0]?.cause, 'cancelled');

  const handle = await start(at, 2);
  await until(async () => ((await attempts(at))[1]?.step ?? 0) > 0);
  process.kill(Number(handle.split(':')[0]), 'SIGKILL');
  await until(async () => (await attempts(at))[1]?.state === 'lost');
  const { run } = await at.target().paths(at.job);
  const trained = JSON.parse(starts(run)[1] ?? '{}').pid;
  await until(() => !existsSync(`/proc/${trained}`));

  await start(at, 3);
  await until(async () => (await attempts(at))[2]?.state === 'running' && ((await attempts(at))[2]?.step ?? 0) > 0);
  await at.target().stop(at.job, 3, false, never);
  assert.equal(
    (await attempts(at)).map(({ state, cause }) => cause ?? state),
    ['cancelled', 'lost', 'cancelled'],
  );
});

test('the training outlives the process that started it', async ({ make }) => {
  const at = make({ training: 'n = until_asked(); outcome("cancelled", n)' });
  await ready(at);
  const module = (path: string) => JSON.stringify(join(import.meta.dirname, '../..', path));
  const options = { project: at.project, workspace: 'ws', python: 'python3', manifest: at.manifest };
  writeFileSync(
    join(at.project, 'start.mjs'),
    `import { localTarget } from ${module('lib/targets/local/target.ts')};
import { trainerFolder, trainerWheel } from ${module('lib/targets/wheel.ts')};
const options = ${JSON.stringify(options)};
const target = localTarget({ ...options, trainer: trainerWheel(trainerFolder()), sources: new Map() });
const job = options.manifest.resources.find((one) => one.life === 'job');
await target.start(job, options.manifest.resources.filter(({ life }) => life === 'artifact'), 1, { provenance: { plan: 'p' }, accept: 'exact' });
process.kill(process.pid, 'SIGKILL');`,
  );
  const starter = spawn(process.execPath, [join(at.project, 'start.mjs')], { detached: true });
  await until(() => starter.signalCode === 'SIGKILL');
  const before = (await attempts(at))[0]?.step ?? 0;
  await until(async () => ((await attempts(at))[0]?.step ?? 0) > before);
  await at.target().stop(at.job, 1, false, never);
  assert.is((await attempts(at))[0]?.cause, 'cancelled');
});

test('a training that does not stop is killed after the grace', async ({ make }) => {
  const at = make({
    training: 'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); step(1); time.sleep(60)',
  });
  await ready(at);
  const target = at.target({ grace: 0.5 });
  await target.start(at.job, artifactsOf(at), 1, how);
  await target.stop(at.job, 1, true, never);
  assert.match((await attempts(at))[0]?.message ?? '', /did not stop within 0.5 s/);
});

test('pip’s error is shown, and nothing half-built stays', async ({ make }) => {
  const at = make({ requirements: 'six==0.0.0.no.such' });
  const error = await failure(at.target().build(at.environment, () => {}, never));
  assert.is(error.findings[0]?.id, 'environment/pip');
  assert.match(error.message, /six==0\.0\.0\.no\.such/);
  assert.equal(readdirSync(join(at.project, 'ws/environments')), []);
});

test('aborted in the middle: nothing stays, and no pip goes on', async ({ make }) => {
  const at = make();
  const abort = new AbortController();
  const building = at.target().build(at.environment, () => setTimeout(() => abort.abort(), 300), abort.signal);
  await building.then(
    () => assert.unreachable(),
    (caught: Error) => assert.is(caught.name, 'AbortError'),
  );
  assert.equal(readdirSync(join(at.project, 'ws/environments')), []);
});

/** A process of its own that builds the environment of a case, to be killed. */
function builder(at: Case) {
  const module = (path: string) => JSON.stringify(join(import.meta.dirname, '../..', path));
  const options = { project: at.project, workspace: 'ws', python: 'python3', manifest: at.manifest };
  const script = `import { localTarget } from ${module('lib/targets/local/target.ts')};
import { trainerFolder, trainerWheel } from ${module('lib/targets/wheel.ts')};
const options = ${JSON.stringify(options)};
const target = localTarget({ ...options, trainer: trainerWheel(trainerFolder()), sources: new Map() });
await target.build(options.manifest.resources[0], (event) => console.log(event.line), new AbortController().signal);`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('killed in the middle, four builders at once: one environment is left, and it works', async ({ make }) => {
  const at = make();
  const folder = join(at.project, 'ws/environments');
  const killed = builder(at);
  await until(
    () => existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, 'bin/python'))),
  );
  killed.kill('SIGKILL');
  const [partial] = readdirSync(folder);
  assert.is((await at.target().has([at.environment])).get(at.environment.address), 'absent');
  const lines: string[] = [];
  const others = [1, 2, 3].map(() => {
    const other = builder(at);
    other.stdout.on('data', (text) => lines.push(String(text)));
    return new Promise<number | null>((resolve) => other.on('exit', resolve));
  });
  await at.target().build(at.environment, () => {}, never);
  assert.equal(await Promise.all(others), [0, 0, 0]);
  assert.is((await at.target().has([at.environment])).get(at.environment.address), 'whole');
  const left = readdirSync(folder);
  assert.is(left.length, 2, left.join(' '));
  assert.not(left.includes(partial ?? ''));
  assert.match(lines.join(''), /another sft is building/);
});

test('export trains by hand: project renamed, no PYTHONPATH, another folder', async ({ make }) => {
  const at = make();
  const destination = join(lent, 'out');
  const [script = ''] = await exportStack({
    manifest: at.manifest,
    project: at.project,
    trainer: at.wheel,
    destination,
  });
  const renamed = `${at.project}-renamed`;
  renameSync(at.project, renamed);
  const files = join(script, '..');
  // The golden launch.sh has defaults for these; the one of this test has none.
  const environment = { PATH: process.env.PATH ?? '', SFT_PYTHON: 'python3', SFT_ATTEMPT: '1' };
  const paths = { SFT_ROOT: files, SFT_RUN: join(files, 'run') };
  const hand = spawn('bash', [script], {
    cwd: '/',
    env: { ...environment, ...paths },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  hand.stdout.on('data', (text) => {
    shown += text;
  });
  await until(() => hand.exitCode !== null);
  renameSync(renamed, at.project);
  assert.is(hand.exitCode, 0, shown);
  assert.ok(existsSync(join(files, 'run/output/result/result.json')));
  assert.ok(existsSync(join(files, 'data', short(at.data.key), 'train.jsonl')));
});

test.run();
