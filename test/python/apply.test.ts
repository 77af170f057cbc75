/** `sft apply` and what follows it, with a Python whose torch is empty: the plan is carried out, and the run fails. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Manifest } from '../../lib/manifest.ts';
import { programText, rows } from '../support/programs.ts';
import { faultsOf } from '../support/schemas.ts';
import { makeProject, type Project, sft } from '../support/sft.ts';

const test = suite('apply');

const hub = programText().replace(
  /Model\.fromConfig\([\s\S]*?\}\);/,
  `Model.fromHub(stack, 'base', { id: 'nobody/nothing' });`,
);
const far = programText({ id: 'far' }).replace(
  `Cluster.local(stack, 'here')`,
  `Cluster.ssh(stack, 'h200', { hosts: 'h200-01', gpus: { type: 'H200', perNode: 1 }, workspace: '/shared/sft' })`,
);

/** launch.sh looks whether they are there; the training then finds them empty. */
const engines = ['torch', 'trl', 'transformers', 'peft', 'datasets', 'accelerate'];

/** Puts an environment in place whose Python is the machine's own. */
function lendPlainPython(project: Project): void {
  const manifest = JSON.parse(readFileSync(join(project.folder, 'synth/demo/manifest.json'), 'utf8')) as Manifest;
  const environment = manifest.resources.find((one) => one.life === 'artifact' && one.make === 'environment');
  const key = environment?.life === 'artifact' ? environment.key : '';
  const version = spawnSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  const place = `.sft/workspace/environments/${key.slice(0, 12)}-py${version.stdout.trim()}`;
  project.write({
    [`${place}/environment.json`]: '{ "format": 1 }\n',
    [`${place}/bin/python`]: `#!/bin/sh\nPYTHONPATH="$PYTHONPATH:${join(project.folder, place)}/empty" exec python3 -S "$@"\n`,
    ...Object.fromEntries(engines.map((name) => [`${place}/empty/${name}/__init__.py`, ''])),
  });
  chmodSync(join(project.folder, place, 'bin/python'), 0o755);
}

let project: Project;
test.before(async () => {
  project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': hub, 'far/far.ts': far });
  const { code, err } = await sft(project.folder, 'synth');
  assert.is(code, 0, err);
  lendPlainPython(project);
});
test.after(() => project.remove());

test('without a terminal it shows the plan and fails instead of waiting; far targets are refused plainly', async () => {
  const [asked, ssh, resumed, nothing] = await Promise.all([
    sft(project.folder, 'apply'),
    sft(project.folder, 'apply', 'far/far.ts', '--yes'),
    sft(project.folder, 'resume', 'demo'),
    sft(project.folder, 'destroy', '--yes'),
  ]);
  assert.is(asked.code, 1);
  assert.match(asked.out, /Plan: 3 to add, 0 to remove\./);
  assert.match(asked.err, 'confirm/no-terminal');
  assert.is(ssh.code, 1);
  assert.match(ssh.err, /by ssh, which this version cannot reach/);
  assert.is(resumed.code, 64);
  assert.match(resumed.err, 'Nothing was applied here yet');
  assert.is(nothing.code, 0);
});

test('a saved plan is refused with exit 5 once a file that it rests on has changed, and the file is named', async () => {
  await sft(project.folder, 'plan', '--out', 'my.plan');
  const other = rows.replace('Name the number 3.', 'Name the number three.');
  project.write({ 'rows.json': other });
  const stale = await sft(project.folder, 'apply', 'my.plan');
  project.write({ 'rows.json': rows });
  assert.is(stale.code, 5, stale.err);
  assert.match(stale.err, 'The data file rows.json has changed.');
});

test('a saved plan is carried out without a question; --wait follows the run and gives 7 where it fails', async () => {
  const { code, out, err } = await sft(project.folder, 'apply', 'my.plan', '--wait', '--json');
  assert.is(code, 7, err);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; address?: string; exit?: number });
  assert.equal(
    lines.flatMap((line) => faultsOf('events', line)),
    [],
    'each line is as sft schema events says',
  );
  const of = (type: string) => lines.filter((line) => line.type === type).map((line) => line.address);
  assert.equal(of('apply_start'), of('apply_complete'));
  assert.ok(of('apply_complete').includes('sft'));
  assert.is(lines.find((line) => line.type === 'change_summary')?.exit, 0);
  assert.match(err, /demo\/sft failed at step 0: /);

  const [status, logs, output, cancelled] = await Promise.all([
    sft(project.folder, 'status'),
    sft(project.folder, 'logs', '--json'),
    sft(project.folder, 'output', 'sft'),
    sft(project.folder, 'logs', 'demo/stf'),
  ]);
  assert.is(status.code, 0);
  assert.match(status.out, /^demo\/sft {2}failed +attempt \d/);
  assert.is(logs.code, 0, logs.err);
  const told = logs.out.trim().split('\n');
  assert.equal(
    told.flatMap((line) => faultsOf('events', JSON.parse(line))),
    [],
  );
  assert.is(output.code, 1);
  assert.match(output.err, 'demo/sft has no result yet');
  assert.is(cancelled.code, 64);
  assert.match(cancelled.err, 'Did you mean "demo/sft"?');
});

test('destroy forgets the run', async () => {
  const destroyed = await sft(project.folder, 'destroy', '--yes');
  assert.is(destroyed.code, 0, destroyed.err);
  const status = await sft(project.folder, 'status', '--json');
  assert.equal(JSON.parse(status.out).runs, []);
  assert.is(statSync(join(project.folder, 'my.plan')).mode & 0o777, 0o600);
});

test.run();
