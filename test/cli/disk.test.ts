/** Full and read-only disks, real ones: small file systems that root can mount. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { makeProject, type Project, sft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

const test = suite('disks');

let project: Project;
test.before.each(() => {
  project = makeProject({ 'stacks/demo.ts': programText(), 'rows.json': rows });
});
test.after.each(() => {
  for (const folder of ['synth', '.sft']) spawnSync('umount', [join(project.folder, folder)]);
  project.remove();
});

function mount(folder: string, options: string): void {
  const path = join(project.folder, folder);
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function fill(folder: string): void {
  try {
    writeFileSync(join(project.folder, folder, 'filler'), Buffer.alloc(2 ** 22));
  } catch {
    // Full is what it is meant to be.
  }
}

if (process.getuid?.() !== 0) skip('full and read-only disks', 'mounting needs root');
else {
  test('synth on a full disk: told, and the files of before are still there', async () => {
    mount('synth', 'size=64k');
    assert.is((await sft(project.folder, 'synth')).code, 0);
    const before = project.files();
    fill('synth');
    project.write({ 'stacks/demo.ts': programText({ run: 'learningRate: 1e-5,' }) });
    const { code, err } = await sft(project.folder, 'synth');
    assert.is(code, 1);
    assert.match(err, /no space left/);
    const after = project.files();
    for (const [path, content] of Object.entries(before))
      if (path.startsWith('synth/')) assert.is(after[path], content);
    assert.equal(
      Object.keys(after).filter((path) => path.includes('sft-tmp')),
      [],
    );
  });

  test('synth into a read-only folder: told, nothing written', async () => {
    mount('synth', 'ro');
    const { code, err } = await sft(project.folder, 'synth');
    assert.is(code, 1);
    assert.match(err, /not writable/);
    assert.equal(readdirSync(join(project.folder, 'synth')), []);
    const alone = spawnSync(process.execPath, ['stacks/demo.ts'], { cwd: project.folder, encoding: 'utf8' });
    assert.is(alone.status, 1);
    assert.match(alone.stderr, /not writable/);
    assert.not.match(alone.stderr, /at .*\.ts:\d+:\d+\)/);
  });

  test('apply with no space for its state: told, nothing started', async () => {
    mount('.sft', 'size=16k');
    fill('.sft');
    const { code, err } = await sft(project.folder, 'apply', '--yes');
    assert.is(code, 1, err);
    assert.match(err, /space/i);
    assert.not.match(err, /bug of sft/);
    assert.not.ok(existsSync(join(project.folder, '.sft', 'workspace', 'runs')));
  });

  test('apply with a read-only state: told, nothing started', async () => {
    mount('.sft', 'ro');
    const { code, err } = await sft(project.folder, 'apply', '--yes');
    assert.is(code, 1, err);
    assert.match(err, /writ/);
    assert.not.match(err, /bug of sft/);
  });
}

test.run();
