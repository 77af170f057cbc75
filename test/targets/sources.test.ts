import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import { UserError } from '../../lib/errors.ts';
import { exportStack } from '../../lib/targets/export.ts';
import { copySource, sourceFiles, sourcesOf } from '../../lib/targets/sources.ts';
import { type Case, makeCase, rows } from '../support/workspace-case.ts';

const test = suite<{ at: Case }>('sources');
test.before.each((context) => {
  context.at = makeCase();
});
test.after.each(({ at }) => at.remove());

const caught = async (promise: Promise<unknown>): Promise<UserError> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

test('data files are copied by content', async ({ at }) => {
  const [file] = sourceFiles(at.data.spec);
  if (!file) throw new Error('no file');
  const from = sourcesOf(at.manifest, at.project).get(file.sha256);
  assert.is(from, join(at.project, 'data/rows.json'));
  const destination = join(at.project, 'ws/sources', file.sha256, file.name);
  await Promise.all([1, 2, 3].map(() => copySource(file, from, destination)));
  assert.is(readFileSync(destination, 'utf8'), rows);
  assert.equal(readdirSync(dirname(destination)), ['rows.json']);
});

test('a file that changed, was removed or is unknown since the plan is an error, and nothing is left', async ({
  at,
}) => {
  const [file] = sourceFiles(at.data.spec);
  if (!file) throw new Error('no file');
  const from = join(at.project, 'data/rows.json');
  const destination = join(at.project, 'ws/sources', file.sha256, file.name);
  writeFileSync(from, rows.replace('One', 'Eno'));
  const changed = await caught(copySource(file, from, destination));
  assert.is(changed.findings[0]?.id, 'data/changed');
  assert.is(changed.exit, 5);
  assert.equal(readdirSync(dirname(destination)), []);
  rmSync(from);
  assert.match((await caught(copySource(file, from, destination))).message, /was removed/);
  assert.match((await caught(copySource(file, undefined, destination))).message, /unknown/);
});

test('names that could leave the folder are no names', () => {
  const named = (name: string) =>
    sourceFiles({ source: 'file', files: [{ name, sha256: sha256(''), bytes: 0 }] }).length;
  assert.equal(['rows.json', '../x', '..', 'a/b', ''].map(named), [1, 0, 0, 0, 0]);
});

test('export writes files, trainer and data; refuses a stranger’s folder; goes over its own', async ({ at }) => {
  const destination = join(at.project, 'out');
  const options = { manifest: at.manifest, project: at.project, trainer: at.wheel, destination };
  assert.equal(await exportStack(options), [join(destination, 'case/sft/launch.sh')]);
  assert.equal(readdirSync(join(destination, 'case/sft')).sort(), [
    at.wheel.name,
    'files.json',
    'launch.sh',
    'sources',
    'train.json',
    'training.py',
  ]);
  mkdirSync(join(destination, 'case/sft/run'));
  await exportStack(options);
  assert.ok(readdirSync(join(destination, 'case/sft')).includes('run'));
  const stranger = join(at.project, 'mine');
  mkdirSync(stranger);
  await exportStack({ ...options, destination: stranger });
  rmSync(join(stranger, 'cdksft-export.json'));
  const refused = await caught(exportStack({ ...options, destination: stranger }));
  assert.is(refused.findings[0]?.id, 'export/not-empty');
  writeFileSync(join(at.project, 'file'), '');
  const file = await caught(exportStack({ ...options, destination: join(at.project, 'file') }));
  assert.is(file.findings[0]?.id, 'export/not-a-folder');
});

test.run();
