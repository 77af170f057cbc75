/** The machine's clock is set a day ahead or back, between commands and while one of them holds the lock. Real processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock } from '../../lib/state/lock.ts';
import { clockLibrary, TestClock } from '../support/clock.ts';
import { isStopped, recordedTokens, serialsIn } from '../support/disk-state.ts';
import { thorough } from '../support/effort.ts';
import { skip } from '../support/skip.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('clocks');

interface Case {
  readonly it: StandIn;
  readonly clock: TestClock;
  sft(...args: string[]): ReturnType<StandIn['sft']>;
  start(args: readonly string[], env: Readonly<Record<string, string>>): ReturnType<StandIn['start']>;
}

/** Each with a project of its own: a day ahead, and a day back. */
async function bothWays(act: (its: Case, days: number, where: string) => Promise<void>): Promise<void> {
  for (const days of thorough ? [1, -1] : [1]) {
    const it = await StandIn.make();
    const clock = new TestClock(it.ledger);
    const start = (args: readonly string[], env = {}) => it.start(args, { ...clock.env, ...env });
    try {
      await act({ it, clock, start, sft: (...args) => start(args).ended }, days, `${days} days`);
    } finally {
      await it.remove();
    }
  }
}

/** One training, recorded, of one history without gaps. */
async function checkOne({ it }: Case, where: string): Promise<void> {
  const starts = await it.awaitStarts(1);
  assert.is(starts.length, 1, where);
  assert.equal(
    recordedTokens(it.states),
    starts.map(({ token }) => token),
    where,
  );
  const serials = serialsIn(it.states);
  assert.equal(
    serials,
    serials.map((_, index) => index + 1),
    where,
  );
}

/** Stopped at a boundary within its apply, with the lock. */
async function stoppedApply({ start }: Case, env: Readonly<Record<string, string>> = {}) {
  const started = start(['apply', '--yes'], { SFT_CRASH_AT: '8', SFT_CRASH_BY: 'SIGSTOP', ...env });
  const { pid = 0, exitCode } = started.child;
  while (exitCode === null && !isStopped(pid)) await sleep(20);
  return started;
}

if (clockLibrary === undefined) skip('clocks that are set', 'libfaketime is not installed (Debian: faketime)');
else {
  test('between commands: what crashed is taken up, what runs is seen to run, and what ends ends', () =>
    bothWays(async (its, days, where) => {
      const { it, clock, sft, start } = its;
      const crashed = start(['apply', '--yes'], { SFT_CRASH_AT: '8' });
      await crashed.ended;
      assert.is(crashed.child.signalCode, 'SIGKILL');
      clock.set(days);
      const again = await sft('apply', '--yes');
      assert.is(again.code, 0, `${where}: ${again.err}`);
      await checkOne(its, where);
      clock.set(0);
      const plan = await sft('plan', '--detailed-exitcode');
      assert.is(plan.code, 0, `${where}: ${plan.out}${plan.err}`);
      clock.set(days);
      const stopped = await sft('cancel', 'sft', '--yes');
      assert.is(stopped.code, 0, `${where}: ${stopped.err}`);
      clock.set(0);
      const resumed = await sft('resume', 'sft');
      assert.is(resumed.code, 0, `${where}: ${resumed.err}`);
      assert.is((await it.awaitStarts(2)).length, 2, where);
      clock.set(days);
      it.finish();
      assert.equal(await it.awaitQuiet(), [], where);
      const status = JSON.parse((await sft('status', '--json')).out) as { runs: { state: string }[] };
      assert.equal(
        status.runs.map(({ state }) => state),
        ['done'],
        where,
      );
      assert.is((await sft('plan', '--detailed-exitcode')).code, 0, where);
    }));

  test('during a lease: a holder that lives keeps its lock, and goes on', () =>
    bothWays(async (its, days, where) => {
      const { clock, sft } = its;
      const holder = await stoppedApply(its);
      try {
        clock.set(days);
        const early = await sft('apply', '--yes');
        assert.is(early.code, 4, `${where}: the lock of one that lives was taken\n${early.out}${early.err}`);
        assert.match(early.err, 'state/locked');
        holder.child.kill('SIGCONT');
        const end = await holder.ended;
        assert.is(end.code, 0, `${where}: ${end.err}`);
        await checkOne(its, where);
        assert.is((await sft('plan', '--detailed-exitcode')).code, 0, where);
      } finally {
        holder.child.kill('SIGKILL');
      }
    }));

  test('during a lease: it ends when it would have ended, and one that is gone holds nothing', () =>
    bothWays(async (its, days, where) => {
      const { it, clock, sft } = its;
      clock.set(days);
      const holder = await stoppedApply(its, { SFT_LEASE_SECONDS: '1' });
      try {
        clock.set(0);
        await sleep(1500);
        const other = await sft('apply', '--yes');
        assert.is(other.code, 0, `${where}: ${other.err}`);
        holder.child.kill('SIGCONT');
        assert.is((await holder.ended).code, 4, where);
        await checkOne(its, where);
      } finally {
        holder.child.kill('SIGKILL');
      }
      it.project.write({ 'stacks/demo.ts': program('learningRate: 1e-3,') });
      clock.set(days);
      const dead = await stoppedApply(its);
      dead.child.kill('SIGKILL');
      await dead.ended;
      assert.not(readLock(it.states)?.released, 'it holds its lock to the end');
      clock.set(-days);
      const after = await sft('apply', '--yes');
      assert.is(after.code, 0, `${where}: ${after.err}`);
    }));
}

test.run();
