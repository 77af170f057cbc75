/** Which commit, whether it was dirty, and which difference: the same in plan, journal, attempt and state. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gitAnswer } from '../../lib/cli/git.ts';
import { readJournal } from '../../lib/state/journal-files.ts';
import { FileStore } from '../../lib/state/store.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('provenance');

function git(folder: string, ...args: string[]): void {
  const ran = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.is(ran.status, 0, ran.stderr);
}

test('a run from an edit that is not committed says so everywhere', async () => {
  const it = await StandIn.make();
  try {
    git(it.folder, 'init', '-q');
    writeFileSync(join(it.folder, '.gitignore'), 'node_modules\n');
    git(it.folder, 'add', '-A', ':(exclude).sft');
    git(it.folder, 'commit', '-qm', 'one');
    const clean = await it.sft('plan');
    assert.not.match(clean.out, 'not committed', 'what sft keeps in .sft makes no project dirty');
    writeFileSync(join(it.folder, 'shared.ts'), 'export const rate = 2;\n');
    const { state: expected } = await gitAnswer(it.folder, new AbortController().signal);
    assert.match(expected?.difference ?? '', /^[0-9a-f]{64}$/);

    const plan = await it.sft('plan', '--out', 'my.plan');
    assert.match(plan.out, 'warning: There are changes that are not committed');
    const saved = JSON.parse(readFileSync(join(it.folder, 'my.plan'), 'utf8'));
    assert.equal(saved.git, expected);
    assert.is((await it.sft('apply', 'my.plan')).code, 0);
    await it.awaitStarts(1);
    const provenance = { plan: saved.hash, git: expected };
    const claims = Object.entries(it.project.files()).filter(([path]) => path.endsWith('/attempts/1/claim.json'));
    assert.equal(
      claims.map(([, text]) => JSON.parse(text).provenance),
      [provenance],
    );
    const state = await new FileStore(it.states).read();
    assert.equal(state?.recorded[0]?.attempts[0]?.provenance, provenance);
    const begins = readJournal(it.states, 0).entries.flatMap((entry) =>
      'provenance' in entry ? [entry.provenance] : [],
    );
    assert.equal(begins, [provenance]);
  } finally {
    await it.remove();
  }
});

test.run();
