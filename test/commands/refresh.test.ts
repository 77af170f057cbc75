/** `--no-refresh` and `--replace` beside a run that lives, and one that is done: nothing is started a second time. */
import { appendFileSync, chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StandIn } from '../support/stand-in.ts';

const test = suite('refresh');

const attemptsOf = (it: StandIn) => {
  const runs = join(it.folder, '.sft', 'workspace', 'runs');
  const [run = ''] = existsSync(runs) ? readdirSync(runs) : [];
  return readdirSync(join(runs, run, 'attempts'));
};

test('a run that lives, planned without a look, replaced, and done', async () => {
  const it = await StandIn.make();
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    assert.is((await it.awaitStarts(1)).length, 1);
    const changes = async (...words: string[]) => (await it.sft('plan', '--detailed-exitcode', ...words)).code;

    assert.is(await changes('--no-refresh'), 0, 'by the record it has begun');
    assert.is(await changes('--replace', 'sft'), 0, 'it lives: nothing takes its place');
    const replaced = await it.sft('apply', '--yes', '--replace', 'sft');
    assert.is(replaced.code, 0, replaced.err);
    assert.equal(attemptsOf(it), ['1']);

    const saved = await it.sft('plan', '--no-refresh', '--out', 'my.plan');
    assert.is(saved.code, 0, saved.err);
    it.finish();
    assert.equal(await it.awaitQuiet(), []);
    const applied = await it.sft('apply', 'my.plan');
    assert.is(applied.code, 0, applied.err);
    assert.is(await changes('--replace', 'sft'), 0, 'what is done is not done again');
    assert.is((await it.sft('apply', '--yes', '--replace', 'sft')).code, 0);
    assert.match((await it.sft('status')).out, /done/);
    assert.equal(attemptsOf(it), ['1']);
    assert.is(it.starts().length, 1);
  } finally {
    await it.remove();
  }
});

test('a saved plan of a further attempt, and a file on the target edited meanwhile: exit 5, then it is seen and repaired', async () => {
  const it = await StandIn.make();
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    assert.is((await it.awaitStarts(1)).length, 1);
    for (const { pid } of it.processes()) process.kill(pid, 'SIGKILL');
    assert.equal(await it.awaitQuiet(), []);
    const saved = await it.sft('plan', '--out', 'my.plan');
    assert.is(saved.code, 0, saved.err);
    const bundles = join(it.folder, '.sft', 'workspace', 'bundles');
    const [bundle = ''] = readdirSync(bundles);
    chmodSync(join(bundles, bundle, 'train.json'), 0o644);
    appendFileSync(join(bundles, bundle, 'train.json'), '\n');
    const stale = await it.sft('apply', 'my.plan');
    assert.is(stale.code, 5, stale.err);
    assert.match(stale.err, 'Files of bundle sft#bundle on the target were edited after the plan was made.');
    assert.is(it.starts().length, 1);
    const next = await it.sft('apply', '--yes');
    assert.is(next.code, 0, next.err);
    assert.is((await it.awaitStarts(2)).length, 2);
  } finally {
    await it.remove();
  }
});

test.run();
