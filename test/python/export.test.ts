/** What is exported trains without us: checkout and project renamed, nothing on PYTHONPATH, another working folder. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { python } from '../support/python.ts';
import { checkout, makeProject } from '../support/sft.ts';
import { tinyStack } from '../support/tiny.ts';

/** A checkout of its own, since this one cannot be renamed under the other tests. */
function copyOfCheckout(folder: string): string {
  const copy = join(folder, 'checkout');
  for (const part of ['bin', 'lib', 'trainer', 'package.json'])
    cpSync(join(checkout, part), join(copy, part), {
      recursive: true,
      filter: (path) => !path.includes('__pycache__'),
    });
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

test('launch.sh of an export, by hand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft export '));
  const rows = readFileSync(join(checkout, 'examples', 'data', 'everyday.json'), 'utf8');
  const project = makeProject({ 'stacks/demo.ts': tinyStack(), 'rows.json': rows });
  const copy = copyOfCheckout(folder);
  rmSync(join(project.folder, 'node_modules', 'cdksft'));
  symlinkSync(copy, join(project.folder, 'node_modules', 'cdksft'));
  const out = join(folder, 'out');
  const exported = spawnSync(process.execPath, [join(copy, 'bin', 'sft.js'), 'export', out], {
    cwd: project.folder,
    encoding: 'utf8',
  });
  assert.is(exported.status, 0, exported.stderr);

  renameSync(copy, `${copy}-away`);
  renameSync(project.folder, `${project.folder}-away`);
  const run = join(out, 'demo', 'sft');
  const trained = spawnSync('bash', [join(run, 'launch.sh')], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', HOME: folder, PYTHONPATH: '', SFT_PYTHON: python(), HF_HUB_OFFLINE: '1' },
    encoding: 'utf8',
  });
  assert.is(trained.status, 0, trained.stdout + trained.stderr);
  const result = JSON.parse(readFileSync(join(run, 'run', 'output', 'result', 'result.json'), 'utf8')) as {
    kind: string;
  };
  assert.is(result.kind, 'adapter');
  const events = readFileSync(join(run, 'run', 'attempts', '1', 'events.jsonl'), 'utf8');
  assert.is([...events.matchAll(/"kind": ?"step"/g)].length, 18);

  rmSync(folder, { recursive: true });
  renameSync(`${project.folder}-away`, project.folder);
  project.remove();
});

test.run();
