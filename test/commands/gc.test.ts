/** `sft gc` as a person and as a program meet it. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GcDocument } from '../../lib/report/gc-document.ts';
import { all, bundle, fill, put } from '../support/old-workspace.ts';
import { programText, rows } from '../support/programs.ts';
import { faultsOf } from '../support/schemas.ts';
import { makeProject, type Project, sft } from '../support/sft.ts';

const test = suite<{ project: Project; workspace: string }>('sft gc');

test.before.each((it) => {
  it.project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': programText() });
  it.workspace = join(it.project.folder, '.sft', 'workspace');
});
test.after.each(({ project }) => project.remove());

function filled({ workspace }: { workspace: string }): void {
  mkdirSync(workspace, { recursive: true });
  fill(workspace);
}

const documentOf = (out: string) => JSON.parse(out.split('\n')[0] ?? '') as GcDocument;

test('without a workspace, and with an empty one, there is nothing to remove', async ({ project, workspace }) => {
  const none = await sft(project.folder, 'gc');
  assert.equal([none.code, none.out], [0, 'Nothing to remove.\n']);
  mkdirSync(workspace, { recursive: true });
  const json = await sft(project.folder, 'gc', '--json');
  assert.is(json.code, 0);
  assert.equal(faultsOf('gc', JSON.parse(json.out)), []);
  assert.equal(documentOf(json.out).workspaces, [{ path: workspace, unused: [], freed: 0, kept: [] }]);
});

test('where nobody can be asked it lists, with size and reason, and removes nothing: exit 1', async (it) => {
  filled(it);
  const asked = await sft(it.project.folder, 'gc');
  assert.is(asked.code, 1);
  assert.match(asked.err, /confirm\/no-terminal/);
  assert.match(asked.err, `- ${bundle}  `);
  assert.match(asked.err, /no run and no state rests on it/);
  assert.match(asked.err, `${all.length} to remove, `);
  const json = await sft(it.project.folder, 'gc', '--json');
  assert.is(json.code, 1);
  const [first = '', second = ''] = json.out.trim().split('\n');
  assert.equal(faultsOf('gc', JSON.parse(first)), []);
  assert.equal(faultsOf('failure', JSON.parse(second)), []);
  const unused = documentOf(first).workspaces[0]?.unused ?? [];
  assert.equal(
    unused.map(({ path, outcome }) => [path, outcome]),
    all.map((path) => [path, 'listed']),
  );
  for (const path of all) assert.ok(existsSync(join(it.workspace, path)), path);
});

test('--yes removes what it listed, and says how much; --json tells each', async (it) => {
  filled(it);
  const { code, out } = await sft(it.project.folder, 'gc', '--yes', '--json');
  assert.is(code, 0);
  assert.equal(faultsOf('gc', JSON.parse(out)), []);
  const [workspace] = documentOf(out).workspaces;
  assert.ok(workspace?.unused.every(({ outcome }) => outcome === 'removed'));
  assert.is(
    workspace?.freed,
    workspace?.unused.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  for (const path of all) assert.not.ok(existsSync(join(it.workspace, path)), path);
  filled(it);
  const text = await sft(it.project.folder, 'gc', '--yes');
  assert.match(text.out, new RegExp(`^Removed ${all.length}, \\d+ B\\.$`, 'm'));
});

test('the workspace that a stack names is looked at too, and one that cannot be reached is named', async (it) => {
  const elsewhere = join(it.project.folder, 'shared');
  mkdirSync(elsewhere);
  fill(elsewhere);
  const local = programText({ id: 'near' }).replace(`'here')`, `'here', { workspace: 'shared' })`);
  const ssh = programText({ id: 'far' }).replace(
    `Cluster.local(stack, 'here')`,
    `Cluster.ssh(stack, 'h200', { hosts: 'h200-[01-02]', gpus: { type: 'H200', perNode: 1 }, workspace: '/shared/sft' })`,
  );
  it.project.write({ 'stacks/demo.ts': local, 'stacks/far.ts': ssh });
  assert.is((await sft(it.project.folder, 'synth')).code, 0);
  const { code, err } = await sft(it.project.folder, 'gc', '--yes');
  assert.is(code, 0, err);
  assert.match(err, /Not looked at, since this version cannot reach it: far \(ssh\)/);
  assert.not.ok(existsSync(join(elsewhere, bundle)));
});

test('an attempt that does not say what it rests on keeps everything, and is named', async (it) => {
  filled(it);
  const claim = { pid: 1, pid_start: 1, host: 'x', boot_id: 'x' };
  put(it.workspace, { 'runs/old--1/attempts/1/claim.json': claim, 'runs/old--1/attempts/1/end.json': {} });
  const { code, err } = await sft(it.project.folder, 'gc', '--yes');
  assert.is(code, 0);
  assert.match(err, /runs\/old--1\/attempts\/1 does not say what it rests on/);
  assert.ok(existsSync(join(it.workspace, bundle)));
});

test('a state that cannot be read: nobody knows what it needs, so nothing is removed', async (it) => {
  filled(it);
  it.project.write({ '.sft/state/demo/3.json': '{ "hash": "' });
  const { code, err } = await sft(it.project.folder, 'gc', '--yes');
  assert.is(code, 1);
  assert.match(err, /state\/corrupt/);
  assert.ok(existsSync(join(it.workspace, bundle)));
});

test.run();
