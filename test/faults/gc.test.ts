/** Real processes: gc beside a run that lives, beside an apply, beside another gc, and killed at each of its steps. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GcDocument } from '../../lib/report/gc-document.ts';
import { effort } from '../support/effort.ts';
import { age, all, bundle, fill } from '../support/old-workspace.ts';
import { programText, rows } from '../support/programs.ts';
import { makeProject, type Project, sft, startSft } from '../support/sft.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('gc with real processes');

/** Another project, whose stack goes to the same workspace, and which was never applied. */
async function neighbour(workspace: string): Promise<Project> {
  const text = programText({ id: 'near' }).replace(`'here')`, `'here', { workspace: ${JSON.stringify(workspace)} })`);
  const project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': text });
  assert.is((await sft(project.folder, 'synth')).code, 0);
  return project;
}

const things = (workspace: string) =>
  ['environments', 'bundles', 'data', 'sources', 'tokens', 'tokenizers', 'weights'].flatMap((place) => {
    const folder = join(workspace, place);
    return existsSync(folder) ? readdirSync(folder).map((name) => `${place}/${name}`) : [];
  });

function removed(out: string, path: string): string[] {
  const { workspaces } = JSON.parse(out) as GcDocument;
  const unused = workspaces.find((each) => each.path === path)?.unused ?? [];
  return unused.filter(({ outcome }) => outcome === 'removed').map(({ kind }) => kind);
}

test('of a run that lives, and of one that is done, no gc of any project takes anything; destroyed, it all goes', async () => {
  const it = await StandIn.make();
  const workspace = join(it.folder, '.sft', 'workspace');
  const other = await neighbour(workspace);
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    await it.awaitStarts(1);
    const before = things(workspace);
    assert.ok(before.length >= 4, String(before));
    const collectBoth = async (where: string) => {
      for (const folder of [it.folder, other.folder]) {
        // The run writes on: what is there of it must not keep the rest by its age.
        for (const place of ['environments', 'bundles', 'data', 'sources', 'trainer']) age(join(workspace, place));
        const { code, out, err } = await sft(folder, 'gc', '--yes', '--json');
        assert.is(code, 0, err);
        assert.equal(removed(out, workspace), [], where);
        assert.equal(things(workspace), before, where);
      }
    };
    await collectBoth('it lives');
    // The neighbour knows it by its folder alone; so does a project that has lost its states.
    rmSync(join(it.folder, '.sft', 'state'), { recursive: true });
    await collectBoth('it lives, and no state names it');
    assert.is((await it.sft('apply', '--yes')).code, 0);
    it.finish();
    assert.equal(await it.awaitQuiet(), []);
    await collectBoth('it is done');
    assert.is((await it.sft('destroy', '--yes', '--results', 'demo/sft')).code, 0);
    age(workspace);
    const { code, out, err } = await sft(other.folder, 'gc', '--yes', '--json');
    assert.is(code, 0, err);
    assert.equal([...new Set(removed(out, workspace))].sort(), ['bundle', 'data', 'environment', 'source']);
    assert.equal(things(workspace), []);
  } finally {
    other.remove();
    await it.remove();
  }
});

test('after its things were collected a stack is applied again as if for the first time', async () => {
  const it = await StandIn.make();
  const workspace = join(it.folder, '.sft', 'workspace');
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    await it.awaitStarts(1);
    it.finish();
    assert.equal(await it.awaitQuiet(), []);
    assert.is((await it.sft('destroy', '--yes', '--results', 'demo/sft')).code, 0);
    // The environment is lent, and could not be built anew.
    for (const place of ['bundles', 'data', 'sources']) age(join(workspace, place));
    const { code, err } = await it.sft('gc', '--yes');
    assert.is(code, 0, err);
    assert.equal(
      things(workspace).map((path) => path.split('/')[0]),
      ['environments'],
    );
    assert.is((await it.sft('apply', '--yes')).code, 0);
    assert.is((await it.awaitStarts(2)).length, 2);
  } finally {
    await it.remove();
  }
});

test('while an apply of the project is at work: exit 4, and nothing is removed', async () => {
  const it = await StandIn.make();
  const workspace = join(it.folder, '.sft', 'workspace');
  fill(workspace);
  const { child, ended } = it.start(['apply', '--yes'], { SFT_CRASH_AT: '2', SFT_CRASH_BY: 'SIGSTOP' });
  try {
    const isStopped = () => readFileSync(`/proc/${child.pid}/stat`, 'utf8').includes(') T ');
    while (child.exitCode === null && !isStopped()) await sleep(20);
    const { code, err } = await it.sft('gc', '--yes');
    assert.is(code, 4, err);
    assert.match(err, 'state/locked');
    assert.ok(existsSync(join(workspace, bundle)));
    child.kill('SIGKILL');
    await ended;
    const again = await it.sft('gc', '--yes');
    assert.is(again.code, 0, again.err);
    assert.not.ok(existsSync(join(workspace, bundle)));
  } finally {
    child.kill('SIGKILL');
    await it.remove();
  }
});

test('killed at each step, the next gc goes on to the end', async () => {
  const every = effort(5, 1);
  const project = makeProject();
  const workspace = join(project.folder, '.sft', 'workspace');
  try {
    let met = 0;
    for (let k = 1; ; k += every) {
      rmSync(workspace, { recursive: true, force: true });
      mkdirSync(workspace, { recursive: true });
      fill(workspace);
      const { child, ended } = startSft(project.folder, ['gc', '--yes'], { SFT_CRASH_AT: String(k) });
      await ended;
      if (child.signalCode !== 'SIGKILL') break;
      met += 1;
      const again = await sft(project.folder, 'gc', '--yes');
      assert.is(again.code, 0, `step ${k}: ${again.err}`);
      for (const path of [...all, 'trash']) assert.not.ok(existsSync(join(workspace, path)), `step ${k}: ${path}`);
      assert.ok(existsSync(join(workspace, 'environments/mine/keep')), `step ${k}`);
      assert.is((await sft(project.folder, 'gc')).out, 'Nothing to remove.\n', `step ${k}`);
    }
    assert.ok(met >= effort(3, 15), `only ${met} steps were met`);
  } finally {
    project.remove();
  }
});

test('two projects collect one workspace at once: each ends well, and each thing is gone', async () => {
  const own = makeProject();
  const workspace = join(own.folder, '.sft', 'workspace');
  const other = await neighbour(workspace);
  try {
    for (let turn = 0; turn < effort(2, 20); turn++) {
      rmSync(workspace, { recursive: true, force: true });
      mkdirSync(workspace, { recursive: true });
      fill(workspace);
      const ends = await Promise.all([sft(own.folder, 'gc', '--yes'), sft(other.folder, 'gc', '--yes')]);
      for (const { code, err } of ends) assert.is(code, 0, err);
      for (const path of [...all, 'trash']) assert.not.ok(existsSync(join(workspace, path)), path);
    }
  } finally {
    other.remove();
    own.remove();
  }
});

test.run();
