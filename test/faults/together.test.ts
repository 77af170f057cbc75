/** Several commands on one stack at once, and one that slept while another took its lock. Real processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isStopped, journalText, recordedTokens } from '../support/disk-state.ts';
import { effort } from '../support/effort.ts';
import { sideBySide } from '../support/sft.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('commands at once');

async function inFreshProject(act: (it: StandIn) => Promise<void>): Promise<void> {
  const it = await StandIn.make();
  try {
    await act(it);
  } finally {
    await it.remove();
  }
}

const times = (count: number, act: (it: StandIn) => Promise<void>) =>
  sideBySide(
    Array.from({ length: count }, () => () => inFreshProject(act)),
    1,
  );

async function planTo(it: StandIn, file: string): Promise<void> {
  const { code, err } = await it.sft('plan', '--out', file);
  assert.is(code, 0, err);
}

function checkRecorded(it: StandIn): void {
  const tokens = it.starts().map(({ token }) => token);
  assert.is(new Set(tokens).size, tokens.length, 'a token was started twice');
  assert.equal(recordedTokens(it.states), tokens.sort(), 'a training is not recorded');
}

test('two applies of one saved plan at once: one training; the other is told of the lock, or finds nothing to do', async () => {
  await times(effort(2, 20), async (it) => {
    await planTo(it, 'my.plan');
    const ends = await Promise.all([it.sft('apply', 'my.plan'), it.sft('apply', 'my.plan')]);
    const codes = ends.map(({ code }) => code);
    assert.ok(codes.includes(0), JSON.stringify(ends));
    assert.ok(
      codes.every((code) => code === 0 || code === 4),
      JSON.stringify(ends),
    );
    assert.is((await it.awaitStarts(1)).length, 1);
    checkRecorded(it);
    assert.is((await it.sft('apply', 'my.plan')).code, 0, 'the same plan again goes on to nothing to do');
    assert.is(it.starts().length, 1);
  });
});

test('two different plans at once: one is done; the other is told of the lock, or that it is stale', async () => {
  await times(effort(1, 20), async (it) => {
    await planTo(it, 'first.plan');
    it.project.write({ 'stacks/demo.ts': program('learningRate: 1e-3,') });
    await planTo(it, 'second.plan');
    const ends = await Promise.all([it.sft('apply', 'first.plan'), it.sft('apply', 'second.plan')]);
    const codes = ends.map(({ code }) => code).sort();
    assert.is(codes[0], 0, JSON.stringify(ends));
    assert.ok([4, 5].includes(codes[1] ?? -1), JSON.stringify(ends));
    assert.is((await it.awaitStarts(1)).length, 1);
    checkRecorded(it);
  });
});

/** All that the stack's state consists of, but for the lock's own files. */
const written = (it: StandIn) =>
  Object.fromEntries(
    Object.entries(it.project.files()).filter(([path]) => path.startsWith('.sft/state/') && !path.includes('/lock/')),
  );

/** Stopped at boundary k past its lease, while another apply does the whole; then continued. */
async function sleepAt(k: number): Promise<boolean> {
  const it = await StandIn.make();
  const env = { SFT_CRASH_AT: String(k), SFT_CRASH_BY: 'SIGSTOP', SFT_LEASE_SECONDS: '1' };
  const { child, ended } = it.start(['apply', '--yes'], env);
  try {
    const { pid = 0 } = child;
    while (child.exitCode === null && !isStopped(pid)) await sleep(20);
    if (child.exitCode !== null) return false;
    await sleep(1100);
    // Behind its last line an apply has nothing more to write: it ends as it would have.
    if (journalText(it.states).includes('"apply-end"')) {
      child.kill('SIGCONT');
      assert.is((await ended).code, 0);
      return true;
    }
    const asStopped = written(it);
    const other = await it.sft('apply', '--yes');
    assert.is(other.code, 0, `boundary ${k}: ${other.err}`);
    const starts = await it.awaitStarts(1);
    assert.is(starts.length, 1, `boundary ${k}`);
    const before = written(it);
    child.kill('SIGCONT');
    const late = await ended;
    // All was done and recorded but for the last line: the other had nothing to write, and took no lock.
    if (isDeepStrictEqual(before, asStopped)) {
      assert.is(late.code, 0, `boundary ${k}: ${late.err}`);
      assert.equal(it.starts(), starts, `boundary ${k}`);
      checkRecorded(it);
      return true;
    }
    assert.is(late.code, 4, `a command that lost its lock says so: boundary ${k}\n${late.err}`);
    assert.match(late.err, 'state/lock-lost');
    assert.equal(written(it), before, `a command that lost its lock wrote: boundary ${k}`);
    await sleep(300);
    assert.equal(await it.strays(), [], `a command that lost its lock left a process: boundary ${k}`);
    assert.equal(it.starts(), starts, `a command that lost its lock started a training: boundary ${k}`);
    checkRecorded(it);
    return true;
  } finally {
    child.kill('SIGKILL');
    await it.remove();
  }
}

test('stopped past its lease and continued: it writes neither state nor journal, and starts nothing', async () => {
  const first = effort(6, 1);
  for (let k = first; await sleepAt(k); k++) if (k === effort(7, 1000)) break;
});

test.run();
