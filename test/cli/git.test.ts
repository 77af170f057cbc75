/** What a plan records of its commit, in real repositories. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gitAnswer } from '../../lib/cli/git.ts';

const test = suite<{ place: string; home: string }>('git');

const answer = (folder: string) => gitAnswer(folder, new AbortController().signal);
const ask = async (folder: string) => (await answer(folder)).state;

function git(folder: string, ...args: string[]): string {
  const own = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const dates = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };
  const allow = ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main'];
  const ran = spawnSync('git', [...allow, ...args], {
    cwd: folder,
    env: { ...process.env, ...own, ...dates },
    encoding: 'utf8',
  });
  assert.is(ran.status, 0, ran.stderr);
  return ran.stdout.trim();
}

function repository(place: string, name = 'project'): string {
  const folder = join(place, name);
  mkdirSync(folder);
  git(folder, 'init', '-q');
  writeFileSync(join(folder, 'stack.ts'), 'one\n');
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'one');
  return folder;
}

test.before.each((it) => {
  it.home = process.env.HOME ?? '';
  it.place = realpathSync(mkdtempSync(join(tmpdir(), 'sft-git-')));
  process.env.HOME = it.place;
});
test.after.each(({ place, home }) => {
  process.env.HOME = home;
  rmSync(place, { recursive: true, force: true });
});

test('clean: the commit, and no difference', async ({ place }) => {
  const folder = repository(place);
  assert.equal(await ask(folder), { commit: git(folder, 'rev-parse', 'HEAD'), dirty: false });
});

test('dirty: each edit, staged or not, is another difference, and the same edit the same', async ({ place }) => {
  const [folder, other] = [repository(place), repository(place, 'other')];
  writeFileSync(join(folder, 'stack.ts'), 'two\n');
  writeFileSync(join(other, 'stack.ts'), 'two\n');
  const [one, two] = [await ask(folder), await ask(other)];
  assert.is(one?.dirty, true);
  assert.match(one?.difference ?? '', /^[0-9a-f]{64}$/);
  assert.equal(one, two);
  git(other, 'add', '.');
  assert.equal(await ask(other), one, 'to stage it changes nothing');
  writeFileSync(join(folder, 'stack.ts'), 'three\n');
  assert.is.not((await ask(folder))?.difference, one?.difference);
});

test('a file that git does not know counts with its content; one that is ignored and our own folder do not', async ({
  place,
}) => {
  const folder = repository(place);
  mkdirSync(join(folder, '.sft/state'), { recursive: true });
  writeFileSync(join(folder, '.sft/state/1.json'), '{}');
  assert.is((await ask(folder))?.dirty, false, '.sft makes no project dirty');
  writeFileSync(join(folder, '.git/info/exclude'), 'ignored\n');
  writeFileSync(join(folder, 'ignored'), '1');
  assert.is((await ask(folder))?.dirty, false);
  writeFileSync(join(folder, 'shared.ts'), '1');
  const one = await ask(folder);
  assert.is(one?.dirty, true);
  appendFileSync(join(folder, 'shared.ts'), '2');
  const two = await ask(folder);
  assert.is.not(one?.difference, two?.difference);
  symlinkSync('shared.ts', join(folder, 'ein\nläufer'));
  assert.is.not((await ask(folder))?.difference, two?.difference);
});

test('bytes that are no UTF-8 are told apart', async ({ place }) => {
  const folder = repository(place);
  const hashes = new Set<string | undefined>();
  for (const byte of [0xe4, 0xf6]) {
    writeFileSync(join(folder, 'stack.ts'), Buffer.from([0x61, byte, 0x0a]));
    hashes.add((await ask(folder))?.difference);
  }
  assert.is(hashes.size, 2);
});

test('a person’s own settings of git change nothing', async ({ place }) => {
  const folder = repository(place);
  appendFileSync(join(folder, 'stack.ts'), 'two\nthree\n');
  const before = await ask(folder);
  const own =
    '[diff]\nnoprefix = true\nalgorithm = patience\ncontext = 9\nsubmodule = log\nexternal = false\n[color]\nui = always\n[status]\nshort = true\nshowUntrackedFiles = no\n';
  writeFileSync(join(place, '.gitconfig'), own);
  assert.equal(await ask(folder), before);
});

test('a folder of a repository: changes beside it count, and the commit is the repository’s', async ({ place }) => {
  const folder = repository(place);
  const inner = join(folder, 'experiments');
  mkdirSync(inner);
  writeFileSync(join(inner, 'package.json'), '{}');
  git(folder, 'add', '.');
  git(folder, 'commit', '-qm', 'two');
  assert.equal(await ask(inner), { commit: git(folder, 'rev-parse', 'HEAD'), dirty: false });
  writeFileSync(join(folder, 'stack.ts'), 'two\n');
  const outside = await ask(inner);
  assert.is(outside?.dirty, true);
  assert.equal(outside, await ask(folder));
});

test('an edit inside a submodule is dirty, with its content', async ({ place }) => {
  const folder = repository(place);
  const library = repository(place, 'library');
  git(folder, 'submodule', '--quiet', 'add', library, 'library');
  git(folder, 'commit', '-qm', 'two');
  assert.is((await ask(folder))?.dirty, false);
  const hashes = new Set<string | undefined>();
  for (const text of ['two\n', 'three\n']) {
    writeFileSync(join(folder, 'library/stack.ts'), text);
    const state = await ask(folder);
    assert.is(state?.dirty, true);
    hashes.add(state?.difference);
  }
  assert.is(hashes.size, 2);
});

test('a detached head of a shallow clone, as a build machine has it', async ({ place }) => {
  const folder = repository(place);
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'two');
  git(place, 'clone', '-q', '--depth', '1', `file://${folder}`, 'clone');
  const clone = join(place, 'clone');
  git(clone, 'checkout', '-q', '--detach');
  assert.equal(await ask(clone), { commit: git(folder, 'rev-parse', 'HEAD'), dirty: false });
});

test('no repository, no commit yet, a bare one, no git: nothing is told, and nothing fails', async ({ place }) => {
  assert.equal(await answer(place), {});
  git(place, 'init', '-q', 'empty');
  assert.equal(await answer(join(place, 'empty')), {});
  git(place, 'clone', '-q', '--bare', repository(place), 'bare');
  assert.equal(await answer(join(place, 'bare')), {});
  const path = process.env.PATH;
  process.env.PATH = place;
  try {
    assert.equal(await answer(join(place, 'project')), {});
  } finally {
    process.env.PATH = path;
  }
});

test('a repository that git will not read, since it is another user’s, is told', async ({ place }) => {
  const folder = repository(place);
  process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = '1';
  try {
    const { state, finding } = await answer(folder);
    assert.is(state, undefined);
    assert.is(finding?.id, 'git/refused');
  } finally {
    delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER;
  }
});

test.run();
