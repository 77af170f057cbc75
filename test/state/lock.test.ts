import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { UserError } from '../../lib/errors.ts';
import { isGone, processId } from '../../lib/state/liveness.ts';
import { acquire, type Holder, type Lock, readLock } from '../../lib/state/lock.ts';
import { refused } from '../support/refused.ts';
import { skip } from '../support/skip.ts';

const me: Holder = { who: userInfo().username, host: 'here', ...processId(process.pid) };
const options = { what: 'apply', now: () => 1000 };

function place(): { folder: string; done: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sft-lock-'));
  return { folder, done: () => rmSync(folder, { recursive: true, force: true }) };
}

test('held: exit 4 with who, where, what, since; free again after the release, with a higher epoch', async () => {
  const { folder, done } = place();
  const lock = await acquire(folder, me, options);
  assert.is(lock.epoch, 1);
  const error = await refused(acquire(folder, { ...me, host: 'there' }, options));
  assert.is(error.exit, 4);
  const message = error.findings[0]?.message ?? '';
  for (const part of [me.who, 'here', String(me.pid), 'apply', '1970-01-01T00:16:40Z', lock.id])
    assert.match(message, part);
  lock.check();
  lock.release();
  const next = await acquire(folder, me, options);
  assert.is(next.epoch, 2);
  assert.throws(() => lock.check());
  assert.equal(readdirSync(join(folder, 'lock')), ['2.json']);
  next.release();
  done();
});

test('waits for the holder as long as it is told', async () => {
  const { folder, done } = place();
  const lock = await acquire(folder, me, options);
  setTimeout(() => lock.release(), 100);
  const next = await acquire(folder, me, { ...options, timeoutSeconds: 20 });
  assert.is(next.epoch, 2);
  next.release();
  done();
});

test('a lease that ran out is taken over, and its holder notices before it writes', async () => {
  const { folder, done } = place();
  const slept = await acquire(folder, me, options);
  const elsewhere = { ...me, host: 'there', boot: 'another' };
  assert.is((await refused(acquire(folder, elsewhere, { ...options, now: () => 1059 }))).exit, 4);
  const next = await acquire(folder, elsewhere, { ...options, now: () => 1061 });
  assert.is(next.epoch, 2);
  assert.throws(
    () => slept.check(),
    (error: UserError) => error.findings[0]?.id === 'state/lock-lost',
  );
  slept.release();
  next.check();
  assert.is(readLock(folder)?.epoch, 2);
  assert.is(readLock(folder)?.released, undefined);
  next.release();
  done();
});

test('a lease that ran out and that nobody took is renewed by its holder', async () => {
  const { folder, done } = place();
  let clock = 1000;
  let up = 1;
  const lock = await acquire(folder, me, { ...options, now: () => clock, up: () => up });
  clock = 5000;
  up = 4001;
  lock.check();
  assert.is(readLock(folder)?.expires, 5060);
  assert.is(readLock(folder)?.expiresUp, 4061);
  lock.release();
  done();
});

const day = 86_400;

if (me.boot === '') skip('a clock that is set', 'the system names no boot');
else
  test('on one machine a clock that is set a day ahead or back changes no lease', async () => {
    for (const jump of [day, -day]) {
      const { folder, done } = place();
      let up = 1;
      const lock = await acquire(folder, me, { ...options, up: () => up });
      const after = { ...options, now: () => 1000 + jump, up: () => up };
      // Another user's process, of which only the lease tells.
      const other = { ...me, who: 'bob' };
      up = 60;
      assert.is((await refused(acquire(folder, other, after))).exit, 4, `${jump}: taken early`);
      lock.check();
      up = 61;
      const next = await acquire(folder, other, after);
      assert.throws(() => lock.check());
      next.release();
      done();
    }
  });

test('a holder whose clock was set renews by what has passed, not by the date', async () => {
  const { folder, done } = place();
  let [clock, up] = [1000, 1];
  const lock = await acquire(folder, me, { ...options, now: () => clock, up: () => up });
  [clock, up] = [1000 - day, 62];
  lock.check();
  assert.is(readLock(folder)?.expiresUp, me.boot === '' ? 61 : 122);
  lock.release();
  done();
});

test('a dead holder whose clock was ahead does not hold a lock for ever: whoever waits sees that nobody renews it', async () => {
  const { folder, done } = place();
  const dead = { ...me, host: 'there', boot: 'another' };
  mkdirSync(join(folder, 'lock'));
  const record = { ...dead, id: 'x', what: 'apply', since: 1000 + day, lease: 0.1, epoch: 1 };
  const write = (expires: number) =>
    writeFileSync(join(folder, 'lock', '1.json'), JSON.stringify({ ...record, expires }));
  let expires = 1001 + day;
  write(expires);
  const renewing = () => {
    write(++expires);
    return 1000;
  };
  const waiter = { ...options, now: renewing, timeoutSeconds: 1 };
  assert.is((await refused(acquire(folder, me, waiter))).exit, 4, 'one that is renewed is waited for');
  assert.is((await refused(acquire(folder, me, options))).exit, 4);
  const next = await acquire(folder, me, { ...options, timeoutSeconds: 60 });
  assert.is(next.epoch, 2);
  next.release();
  done();
});

test('it is renewed while it is held', async () => {
  const { folder, done } = place();
  const lock = await acquire(folder, me, { what: 'apply', now: () => performance.now() / 1000, leaseSeconds: 0.15 });
  const before = readLock(folder)?.expires ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.ok((readLock(folder)?.expires ?? 0) > before);
  lock.release();
  done();
});

test('many see a dead holder: one takes over', async () => {
  const { folder, done } = place();
  await acquire(folder, me, options);
  const gone = (process: { pid: number }) => process.pid === me.pid;
  const takers = Array.from({ length: 8 }, (_, index) =>
    acquire(folder, { ...me, pid: 9000 + index }, { ...options, gone }),
  );
  const outcomes = await Promise.allSettled(takers);
  const won = outcomes.filter((outcome): outcome is PromiseFulfilledResult<Lock> => outcome.status === 'fulfilled');
  assert.is(won.length, 1);
  won[0]?.value.check();
  won[0]?.value.release();
  done();
});

test("another user's process, or another host's, is never taken for gone", async () => {
  const { folder, done } = place();
  const lock = await acquire(folder, me, options);
  const gone = () => true;
  assert.is((await refused(acquire(folder, { ...me, who: 'bob' }, { ...options, gone }))).exit, 4);
  assert.is((await refused(acquire(folder, { ...me, host: 'there' }, { ...options, gone }))).exit, 4);
  lock.release();
  done();
});

const holder = `
import { acquire } from ${JSON.stringify(new URL('../../lib/state/lock.ts', import.meta.url).href)};
import { processId } from ${JSON.stringify(new URL('../../lib/state/liveness.ts', import.meta.url).href)};
const [folder, who] = process.argv.slice(1);
await acquire(folder, { who, host: 'here', ...processId(process.pid) }, { what: 'apply', now: () => 1000 });
process.stdout.write('held');
setInterval(() => {}, 1000);`;

if (processId(process.pid).start === '') skip('a killed holder', 'the system has no /proc');
else
  test('a killed process is taken over at once, a living one is not', async () => {
    const { folder, done } = place();
    const child = spawn(process.execPath, ['--input-type=module', '-e', holder, folder, me.who], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    assert.is((await refused(acquire(folder, me, options))).exit, 4);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const lock = await acquire(folder, me, options);
    assert.is(lock.epoch, 2);
    lock.release();
    done();
  });

test('a pid that another process has by now is gone', () => {
  const own = processId(process.pid);
  assert.is(isGone(own), false);
  if (own.start === '') return;
  assert.is(isGone({ ...own, start: '1' }), true);
  assert.is(isGone({ ...own, boot: 'another' }), true);
});

test.run();
