import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import type { GeneratedFile } from '../../lib/manifest.ts';
import { differenceText } from '../../lib/report/difference.ts';
import { compareFiles, writeFilesSync } from '../../lib/synth/write.ts';
import { all, file, refused, stack, two } from '../support/written.ts';

interface Place {
  top: string;
  folder: string;
}
const test = suite<Place>('write');
test.before.each((context) => {
  context.top = mkdtempSync(join(tmpdir(), 'sft-write-'));
  context.folder = join(context.top, 'synth', 'a');
});
test.after.each(({ top }) => rmSync(top, { recursive: true, force: true }));

test('writes into a folder that is not there, with the modes asked for', ({ folder }) => {
  const result = writeFilesSync(folder, two());
  assert.equal(all(folder), ['manifest.json', 'run/launch.sh', 'run/train.json']);
  assert.equal(result.written.length, 3);
  assert.is(statSync(join(folder, 'run/launch.sh')).mode & 0o111, 0o111);
  assert.is(statSync(join(folder, 'run/train.json')).mode & 0o111, 0);
});

test('an unchanged file is not touched, a changed one is', ({ folder }) => {
  writeFilesSync(folder, two());
  const path = join(folder, 'run/train.json');
  utimesSync(path, 1000, 1000);
  const inode = statSync(path).ino;
  const result = writeFilesSync(folder, stack(file('run/train.json', '{}\n'), file('run/launch.sh', 'true\n', 0o755)));
  assert.is(statSync(path).mtimeMs, 1_000_000);
  assert.is(statSync(path).ino, inode);
  assert.equal(result.unchanged, ['run/train.json']);
  assert.equal(result.written, ['run/launch.sh', 'manifest.json']);
});

test('a lost executable bit is put back', ({ folder }) => {
  writeFilesSync(folder, two());
  chmodSync(join(folder, 'run/launch.sh'), 0o644);
  assert.equal(
    compareFiles(folder, two()).map(({ path, mode }) => [path, mode]),
    [['run/launch.sh', '0644 -> 0755']],
  );
  assert.equal(writeFilesSync(folder, two()).written, ['run/launch.sh']);
  assert.equal(compareFiles(folder, two()), []);
});

test('what is no longer made is removed, with its empty folder; strangers stay', ({ folder }) => {
  writeFilesSync(folder, stack(file('old/train.json', '{}\n'), file('new/train.json', '{}\n')));
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const next = stack(file('new/train.json', '{}\n'));
  assert.equal(
    compareFiles(folder, next).map(({ path, after }) => [path, after === undefined]),
    [
      ['manifest.json', false],
      ['old/train.json', true],
    ],
  );
  assert.equal(writeFilesSync(folder, next).removed, ['old/train.json']);
  assert.equal(all(folder), ['manifest.json', 'new/train.json', 'notes.txt']);
  assert.not.ok(existsSync(join(folder, 'old')));
});

test('a file of ours that someone changed is kept and told when it is no longer made', ({ folder }) => {
  writeFilesSync(folder, stack(file('old/train.json', '{}\n'), file('new/train.json', '{}\n')));
  writeFileSync(join(folder, 'old/train.json'), '{"mine":1}\n');
  const result = writeFilesSync(folder, stack(file('new/train.json', '{}\n')));
  assert.equal(result.removed, []);
  assert.equal(result.kept, ['old/train.json']);
  assert.is(readFileSync(join(folder, 'old/train.json'), 'utf8'), '{"mine":1}\n');
});

test('a manifest that names files outside of the folder removes nothing there', ({ top, folder }) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(top, 'precious'), 'x');
  const listed = ['../../precious', join(top, 'precious'), 'run/../../../precious'].map((path) => ({
    path,
    sha256: sha256('x'),
  }));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files: listed }));
  assert.equal(writeFilesSync(folder, two()).removed, []);
  assert.ok(existsSync(join(top, 'precious')));
});

test('a manifest in the middle of a merge does not stop the next synthesis', ({ folder }) => {
  writeFilesSync(folder, two());
  writeFileSync(join(folder, 'manifest.json'), '<<<<<<< HEAD\n{}\n');
  writeFileSync(join(folder, 'run/train.json'), '<<<<<<< HEAD\n');
  assert.equal([...writeFilesSync(folder, two()).written].sort(), ['manifest.json', 'run/train.json']);
});

test('no link is followed out of the folder', ({ top, folder }) => {
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(top, 'elsewhere'));
  symlinkSync(join(top, 'elsewhere'), join(folder, 'run'));
  const error = refused(() => writeFilesSync(folder, two()));
  assert.match(error.message, /symbolic link/);
  assert.equal(readdirSync(join(top, 'elsewhere')), []);
  assert.equal(all(folder), ['run']);
});

test('a link in the place of a file is refused, and its target stays', ({ top, folder }) => {
  mkdirSync(join(folder, 'run'), { recursive: true });
  writeFileSync(join(top, 'precious'), 'x');
  symlinkSync(join(top, 'precious'), join(folder, 'run/train.json'));
  refused(() => writeFilesSync(folder, two()));
  assert.is(readFileSync(join(top, 'precious'), 'utf8'), 'x');
  assert.ok(lstatSync(join(folder, 'run/train.json')).isSymbolicLink());
});

test('a destination that is a file, or below one, is refused', ({ top, folder }) => {
  writeFileSync(join(top, 'synth'), '');
  assert.is(refused(() => writeFilesSync(folder, two())).findings[0]?.id, 'synth/in-the-way');
  assert.is(refused(() => writeFilesSync(join(top, 'synth'), two())).findings[0]?.id, 'synth/in-the-way');
  assert.is(readFileSync(join(top, 'synth'), 'utf8'), '');
});

test('somebody’s own file of the same name is refused where the folder is not ours', ({ folder }) => {
  mkdirSync(join(folder, 'run'), { recursive: true });
  writeFileSync(join(folder, 'run/train.json'), 'mine');
  const error = refused(() => writeFilesSync(folder, two()));
  assert.is(error.findings[0]?.id, 'synth/not-ours');
  assert.equal(all(folder), ['run/train.json']);
});

const ids = (run: () => unknown) => refused(run).findings.map(({ id }) => id);
const named = (name: string, ...files: GeneratedFile[]): GeneratedFile[] =>
  stack(...files).map((one) =>
    one.path === 'manifest.json'
      ? { ...one, content: JSON.stringify({ ...JSON.parse(one.content), stack: name }) }
      : one,
  );

test('a file of ours that was edited by hand is refused without force, and nothing is written', ({ folder }) => {
  writeFilesSync(folder, two());
  const path = join(folder, 'run/launch.sh');
  writeFileSync(path, 'echo mine\n');
  const next = stack(file('run/train.json', '{"a":1}\n'), file('run/launch.sh', 'echo 2\n', 0o755));
  assert.equal(
    ids(() => writeFilesSync(folder, next)),
    ['synth/edited'],
  );
  assert.is(readFileSync(path, 'utf8'), 'echo mine\n');
  assert.is(readFileSync(join(folder, 'run/train.json'), 'utf8'), '{}\n');
  // Edited into what is made now: nothing would be lost.
  assert.equal(
    writeFilesSync(folder, stack(file('run/train.json', '{}\n'), file('run/launch.sh', 'echo mine\n', 0o755))).kept,
    [],
  );
  writeFileSync(path, 'echo again\n');
  assert.ok(writeFilesSync(folder, next, { force: true }).written.includes('run/launch.sh'));
  assert.is(readFileSync(path, 'utf8'), 'echo 2\n');
});

test('with force, an edited file that is no longer made goes too', ({ folder }) => {
  writeFilesSync(folder, two());
  writeFileSync(join(folder, 'run/launch.sh'), 'echo mine\n');
  const result = writeFilesSync(folder, stack(file('run/train.json', '{}\n')), { force: true });
  assert.equal([result.removed, result.kept], [['run/launch.sh'], []]);
});

test('no place: the root of the file system, of a git repository, of a project', ({ top, folder }) => {
  assert.equal(
    ids(() => writeFilesSync('/', two())),
    ['synth/no-place'],
  );
  for (const name of ['.git', 'package.json', 'sft.yaml']) {
    const place = join(top, name.replace('.', '-'));
    mkdirSync(place);
    writeFileSync(join(place, name), '');
    assert.equal(
      ids(() => writeFilesSync(place, two(), { force: true })),
      ['synth/no-place'],
      name,
    );
    assert.equal(all(place), [name]);
  }
  assert.not.ok(existsSync(folder));
});

test('the folder of another stack, and a manifest.json that is no manifest of ours', ({ folder }) => {
  writeFilesSync(folder, named('other', file('run/train.json', '{}\n')));
  const ours = named('demo', file('run/launch.sh', 'echo\n', 0o755));
  assert.equal(
    ids(() => writeFilesSync(folder, ours)),
    ['synth/other-stack'],
  );
  assert.equal(writeFilesSync(folder, ours, { force: true }).removed, ['run/train.json']);
  writeFileSync(join(folder, 'manifest.json'), '{"name":"my web app"}');
  assert.equal(
    ids(() => writeFilesSync(folder, ours)),
    ['synth/not-ours'],
  );
});

test('two files of one path, and a path outside, are bugs of ours', ({ folder }) => {
  assert.throws(() => writeFilesSync(folder, [file('a', ''), file('a', '')]), /two files claim/);
  for (const path of ['../a', '/a', 'a//b', './a', 'a/..'])
    assert.throws(() => writeFilesSync(folder, [file(path, '')]), /outside of the folder/);
});

test('the difference is a unified diff, and comparing writes nothing', ({ folder }) => {
  assert.is(differenceText(compareFiles(folder, [])), '');
  writeFilesSync(folder, stack(file('old', 'x\n'), file('run/train.json', '{\n  "a": 1\n}\n')));
  const next = stack(file('run/train.json', '{\n  "a": 2\n}\n'), file('new', 'y\n'));
  const before = all(folder);
  const text = differenceText(
    compareFiles(folder, next).filter(({ path }) => path !== 'manifest.json'),
    'synth/a',
  );
  assert.is(
    text,
    [
      '# synth/a/new: missing',
      '--- /dev/null',
      '+++ b/synth/a/new',
      '@@ -0,0 +1,1 @@',
      '+y',
      '# synth/a/old: no longer made',
      '--- a/synth/a/old',
      '+++ /dev/null',
      '@@ -1,1 +0,0 @@',
      '-x',
      '--- a/synth/a/run/train.json',
      '+++ b/synth/a/run/train.json',
      '@@ -1,3 +1,3 @@',
      ' {',
      '-  "a": 1',
      '+  "a": 2',
      ' }',
      '',
    ].join('\n'),
  );
  assert.equal(all(folder), before);
});

test.run();
