/** `sft state mv` and `push` through the command. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stateText } from '../../lib/state/state.ts';
import { newestState } from '../support/disk-state.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('state by hand');

test('mv, pull, push: names with and without the stack; files that are no state', async () => {
  const it = await StandIn.make(program());
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    const pulled = (await it.sft('state', 'pull')).out;
    const moved = await it.sft('state', 'mv', 'demo/sft', 'demo/again');
    assert.is(moved.out, 'demo/sft -> demo/again\n', moved.err);
    assert.match((await it.sft('status')).out, /demo\/again +running/);
    assert.is((await it.sft('state', 'mv', 'again')).code, 64);
    assert.is((await it.sft('state', 'mv', 'again', '../out')).code, 64);
    assert.is((await it.sft('state', 'mv', 'agin', 'x')).code, 64);
    writeFileSync(join(it.folder, 'old.json'), pulled);
    writeFileSync(join(it.folder, 'cut.json'), pulled.slice(0, -20));
    const later = { ...newestState(it.states), format: 2 as 1 };
    writeFileSync(join(it.folder, 'newer.json'), stateText(later));
    const [older, cut, none, newer, unasked] = await Promise.all([
      it.sft('state', 'push', '--yes', 'old.json'),
      it.sft('state', 'push', '--yes', 'cut.json'),
      it.sft('state', 'push', '--yes', 'none.json'),
      it.sft('state', 'push', '--yes', 'newer.json'),
      it.sft('state', 'push', 'old.json'),
    ]);
    assert.match(older.err, /\[state\/older\][\s\S]*--force/);
    assert.match(cut.err, /\[state\/push-invalid\]/);
    assert.match(none.err, /cannot be read \(ENOENT\)/);
    assert.match(newer.err, /has format 2, written by cdksft/);
    assert.is(unasked.code, 1);
    const pushed = await it.sft('state', 'push', '--yes', '--force', 'old.json');
    assert.match(pushed.err, /It is state \d+ now/);
    assert.match((await it.sft('plan')).out, /Nothing to do/);
  } finally {
    await it.remove();
  }
});

test('--refresh-only and --parallelism: what goes together, and an end that is taken over', async () => {
  const it = await StandIn.make(program());
  try {
    assert.is((await it.sft('apply', '--yes', '--parallelism', '1')).code, 0);
    await it.awaitStarts(1);
    it.finish();
    await it.awaitQuiet();
    const [both, none, saved] = await Promise.all([
      it.sft('plan', '--refresh-only', '--no-refresh'),
      it.sft('apply', '--yes', '--parallelism', '0'),
      it.sft('plan', '--refresh-only', '--out', 'p.json'),
    ]);
    assert.is(both.code, 64);
    assert.is(none.code, 64);
    assert.match(saved.out, /~ run +sft +in place: what the target shows is recorded/);
    assert.is((await it.sft('apply', '--files', 'p.json')).code, 64);
    assert.is((await it.sft('apply', 'p.json')).code, 0);
    assert.is(newestState(it.states).recorded[0]?.attempts[0]?.end, 'done');
    assert.match((await it.sft('plan', '--refresh-only')).out, /Nothing to do/);
  } finally {
    await it.remove();
  }
});

test.run();
