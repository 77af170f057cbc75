/** What a person does about a lock, and about what is recorded. Real processes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock } from '../../lib/state/lock.ts';
import { readState } from '../../lib/state/state.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('locks and records by hand');

let it: StandIn;
test.before(async () => {
  it = await StandIn.make();
});
test.after(() => it.remove());

test('a lock of a command that sleeps: told with its id, waited for as long as asked, taken away by unlock', async () => {
  const { child, ended } = it.start(['apply', '--yes'], { SFT_CRASH_AT: '8', SFT_CRASH_BY: 'SIGSTOP' });
  try {
    const stat = () => readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    while (!/\) T /.test(stat())) await sleep(20);
    const { id = '' } = readLock(it.states) ?? {};
    const refused = await it.sft('apply', '--yes');
    assert.is(refused.code, 4);
    assert.match(refused.err, `sft unlock ${id}`);
    const began = performance.now();
    assert.is((await it.sft('apply', '--yes', '--lock-timeout', '2')).code, 4);
    assert.ok(performance.now() - began > 2000);
    assert.is((await it.sft('apply', '--yes', '--lock-timeout', 'soon')).code, 64);
    assert.is((await it.sft('unlock', 'nothing', '--yes')).code, 64);
    assert.is((await it.sft('unlock', id)).code, 1, 'it asks');
    const waiting = it.sft('apply', '--yes', '--lock-timeout', '60');
    const unlocked = await it.sft('unlock', id, '--yes');
    assert.is(unlocked.code, 0, unlocked.err);
    const other = await waiting;
    assert.is(other.code, 0, other.err);
    child.kill('SIGCONT');
    assert.is((await ended).code, 4);
    assert.is((await it.awaitStarts(1)).length, 1);
    assert.is((await it.sft('unlock', id, '--yes')).code, 64);
  } finally {
    child.kill('SIGKILL');
  }
});

test('state list, show, pull tell what is recorded; rm forgets it, and the next apply finds the run again', async () => {
  const [list, listed, show, pull, wrong] = await Promise.all([
    it.sft('state', 'list'),
    it.sft('state', 'list', '--json'),
    it.sft('state', 'show', 'demo/sft'),
    it.sft('state', 'pull'),
    it.sft('state', 'pul'),
  ]);
  assert.match(list.out, /^demo\/sft {2}[0-9a-f]{12} {2}attempts: 1\n$/);
  assert.is((JSON.parse(listed.out) as { runs: { run: string }[] }).runs[0]?.run, 'demo/sft');
  assert.is((JSON.parse(show.out) as { address: string }).address, 'sft');
  assert.is(readState(pull.out).kind, 'state');
  assert.is(wrong.code, 64);
  assert.match(wrong.err, 'Did you mean "pull"? It has list, show, rm, pull, mv, push.');
  assert.is((await it.sft('state', 'rm', 'demo/sft')).code, 1, 'it asks');
  const serials = readdirSync(it.states).length;
  const removed = await it.sft('state', 'rm', 'demo/sft', '--yes');
  assert.is(removed.code, 0, removed.err);
  assert.is((await it.sft('state', 'list')).out, '');
  assert.is(readdirSync(it.states).length, serials + 1);
  const again = await it.sft('apply', '--yes');
  assert.is(again.code, 0, again.err);
  assert.match((await it.sft('state', 'list')).out, 'demo/sft');
  assert.is(it.starts().length, 1);
  assert.match(readFileSync(join(it.ledger, 'starts.jsonl'), 'utf8'), '"attempt": "1"');
});

test.run();
