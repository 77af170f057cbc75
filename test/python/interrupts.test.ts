/** Ctrl-C at each stage of an apply, and a Python or a pip that cannot: one message, its exit code, nothing half-made. */
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lendEnvironment } from '../support/environment.ts';
import { checkout, makeProject, type Project, type Ran, sft, startSft } from '../support/sft.ts';
import { tinyStack } from '../support/tiny.ts';

const test = suite('interrupts');
const rows = readFileSync(join(checkout, 'examples', 'data', 'everyday.json'), 'utf8');

let project: Project;
test.before.each(async () => {
  project = makeProject({ 'stacks/demo.ts': tinyStack(), 'rows.json': rows });
  await sft(project.folder, 'synth');
});
test.after.each(() => project.remove());

const workspace = (...path: string[]) => join(project.folder, '.sft', 'workspace', ...path);
const published = () => {
  const folder = workspace('environments');
  return existsSync(folder) ? readdirSync(folder).filter((name) => lstatSync(join(folder, name)).isSymbolicLink()) : [];
};

/** Starts `sft`, sends a signal once it has said something, and waits for its end. */
async function interruptAt(said: RegExp, args: readonly string[], signal: NodeJS.Signals = 'SIGINT'): Promise<Ran> {
  const { child, ended } = startSft(project.folder, args);
  let heard = '';
  let sent = false;
  const listen = (chunk: Buffer) => {
    heard += chunk;
    if (sent || !said.test(heard)) return;
    sent = true;
    child.kill(signal);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const ran = await ended;
  assert.ok(sent, `it never said ${said}: ${ran.out}${ran.err}`);
  return ran;
}

test('while pip installs: ended at once, nothing published, the lock is free', async () => {
  const { code, err } = await interruptAt(/installing the requirements/, ['apply', '--yes']);
  assert.is(code, 130, err);
  assert.equal(published(), []);
  const plan = await sft(project.folder, 'plan', '--detailed-exitcode');
  assert.is(plan.code, 2, plan.err);
});

test('while rows are prepared: ended, and the next apply goes on', async () => {
  lendEnvironment(project.folder, 'demo');
  const { code, err } = await interruptAt(/data rows: \.\.\./, ['apply', '--yes']);
  assert.is(code, 130, err);
  assert.not.ok(existsSync(workspace('runs')));
  const again = await sft(project.folder, 'apply', '--yes', '--wait');
  assert.is(again.code, 0, again.err);
});

test('while it waits for the training: that goes on, and the next command finds it', async () => {
  // Long enough that it is still at work when the signal comes.
  project.write({ 'stacks/demo.ts': tinyStack().replace('epochs: 1', 'epochs: 15') });
  lendEnvironment(project.folder, 'demo');
  const { code, err } = await interruptAt(/step +2\/270/, ['apply', '--yes', '--wait']);
  assert.is(code, 130, err);
  assert.match(err, /sft logs/);
  const again = await sft(project.folder, 'logs', '-f');
  assert.is(again.code, 0, again.err);
  assert.match(again.out, /done at step 270/);
  const run = workspace('runs', readdirSync(workspace('runs'))[0] ?? '');
  assert.is(readFileSync(join(run, 'starts.jsonl'), 'utf8').trim().split('\n').length, 1);
});

test('a pip that cannot: its own words, exit 1, nothing published', async () => {
  const env = {
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: project.folder,
    PIP_EXTRA_INDEX_URL: '',
    PIP_CONFIG_FILE: '/dev/null',
  };
  const { code, err } = await startSft(project.folder, ['apply', '--yes'], env).ended;
  assert.is(code, 1);
  assert.match(err, /pip could not install the requirements/);
  assert.match(err, /No matching distribution|Could not find a version/);
  assert.equal(published(), []);
});

test('too old a Python, and none: told with what to do', async () => {
  project.write({ 'old-python': `#!/bin/sh\necho '{"executable": "/p", "version": [3, 8, 1], "missing": []}'\n` });
  chmodSync(join(project.folder, 'old-python'), 0o755);
  for (const [python, message] of [
    [join(project.folder, 'old-python'), /is Python 3\.8\.1; 3\.11 to 3\.13 are supported/],
    ['no-such-python', /no-such-python does not run on this machine/],
  ] as const) {
    project.write({ 'stacks/demo.ts': tinyStack({ cluster: `{ python: '${python}' }` }) });
    const { code, err } = await sft(project.folder, 'apply', '--yes');
    assert.is(code, 1, err);
    assert.match(err, message);
    assert.not.ok(existsSync(workspace('environments')));
  }
});

test.run();
