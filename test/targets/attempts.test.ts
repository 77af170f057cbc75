import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { tokenOf } from '../../lib/base/token.ts';
import { handleOf } from '../../lib/targets/local/attempts.ts';
import { lives, ownRecord } from '../../lib/targets/local/liveness.ts';
import { Workspace } from '../../lib/targets/local/workspace.ts';
import { type Case, makeCase } from '../support/workspace-case.ts';

const test = suite<{ at: Case; run: string }>('attempts');
test.before.each((context) => {
  context.at = makeCase();
  context.run = new Workspace(context.at.project, 'ws').run(context.at.job);
});
test.after.each(({ at }) => at.remove());

function attempt(run: string, n: number, files: Record<string, unknown>): string {
  const folder = join(run, 'attempts', String(n));
  mkdirSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return folder;
}

const find = async (at: Case) => {
  const found = (await at.target().find([at.job])).get(at.job.address);
  return found === 'unknown' || found === undefined ? found : found.map(({ n, state }) => `${n} ${state}`);
};

test('none, running, ended and lost are told apart', async ({ at, run }) => {
  assert.equal(await find(at), []);
  const own = await ownRecord();
  attempt(run, 1, { 'claim.json': own, 'end.json': { cause: 'killed', step: 3, message: 'a\u001bb' } });
  attempt(run, 2, { 'claim.json': { ...own, pid_start: 1 } });
  attempt(run, 10, { 'claim.json': own, 'events.jsonl': '{"kind":"step","step":7}\n{"kind":"st' });
  mkdirSync(join(run, 'attempts', 'note'));
  assert.equal(await find(at), ['1 ended', '2 lost', '10 running']);
  const found = (await at.target().find([at.job])).get(at.job.address);
  if (found === 'unknown' || !found) throw new Error('not found');
  assert.is(found[0]?.message, 'a\\u001bb');
  assert.is(found[0]?.step, 3);
  assert.is(found[2]?.step, 7);
  assert.is(found[2]?.handle, handleOf(own));
  assert.is(found[1]?.token, tokenOf(join(at.project, 'ws'), 'case', at.job, 2));
});

test('a claim of an earlier boot is lost; a folder without a claim is lost once it is old', async ({ at, run }) => {
  const own = await ownRecord();
  attempt(run, 1, { 'claim.json': { ...own, boot_id: 'another' } });
  const folder = attempt(run, 2, {});
  assert.equal(await find(at), ['1 lost', '2 running']);
  utimesSync(folder, 1, 1);
  assert.equal(await find(at), ['1 lost', '2 lost']);
  const tomorrow = Date.now() / 1000 + 86_400;
  utimesSync(folder, tomorrow, tomorrow);
  assert.equal(await find(at), ['1 lost', '2 lost'], 'a clock that was set back since');
});

test('another host’s attempt: its heartbeat counts, a minute of silence is unknown, five are an end', async ({
  at,
  run,
}) => {
  const claim = { ...(await ownRecord()), host: `not-${hostname()}` };
  const folder = attempt(run, 1, { 'claim.json': claim, 'events.jsonl': '' });
  const age = (seconds: number) => {
    const time = Date.now() / 1000 - seconds;
    for (const name of ['claim.json', 'events.jsonl']) utimesSync(join(folder, name), time, time);
    return find(at);
  };
  assert.equal(await age(5), ['1 running']);
  assert.is(await age(120), 'unknown');
  assert.equal(await age(400), ['1 lost']);
});

test('a process is known by its start time too', async () => {
  const child = spawn('sleep', ['60']);
  const own = await ownRecord();
  assert.is(own.pid, process.pid);
  assert.is(await lives(own), true);
  assert.is(await lives({ ...own, pid: child.pid ?? 0 }), false);
  child.kill('SIGKILL');
});

test('only complete checkpoints count', async ({ at, run }) => {
  const checkpoint = (step: number, bytes: number, marker = true) => {
    const folder = join(run, 'output', `checkpoint-${step}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'weights'), '1234');
    if (marker)
      writeFileSync(
        join(folder, 'complete.json'),
        JSON.stringify({ files: [{ path: 'weights', bytes, sha256: 'x' }] }),
      );
  };
  checkpoint(5, 4);
  checkpoint(10, 4);
  checkpoint(15, 5);
  checkpoint(20, 4, false);
  const paths = await at.target().paths(at.job);
  assert.equal(
    paths.checkpoints.map(({ step, bytes }) => [step, bytes]),
    [
      [5, 4],
      [10, 4],
    ],
  );
});

test('what made something stays unless results are named', async ({ at, run }) => {
  attempt(run, 1, {});
  mkdirSync(join(run, 'output', 'checkpoint-1'), { recursive: true });
  await at.target().remove(at.job, false);
  assert.is((await find(at))?.length, 1);
  await at.target().remove(at.job, true);
  assert.equal(await find(at), []);
});

test('follow reads whole lines only, passes torn ones over, and ends with the attempt', async ({ at, run }) => {
  const folder = attempt(run, 1, { 'claim.json': await ownRecord(), 'events.jsonl': '{"kind":"notice","message":"あ' });
  const events: string[] = [];
  const reading = (async () => {
    for await (const event of at.target().follow(at.job, 1, { follow: true })) events.push(JSON.stringify(event));
  })();
  const write = async (text: string) => {
    appendFileSync(join(folder, 'events.jsonl'), text);
    await new Promise((resolve) => setTimeout(resolve, 260));
  };
  await write('い"}\n{"kind":"st');
  assert.equal(events, ['{"kind":"notice","message":"あい"}']);
  await write('\n{"kind":"step","step":1}\n');
  writeFileSync(join(folder, 'end.json'), '{}');
  await reading;
  assert.is(events.length, 2);
  rmSync(join(folder, 'end.json'));
  const once: unknown[] = [];
  for await (const event of at.target().follow(at.job, 1, { follow: false, from: Buffer.byteLength('x') }))
    once.push(event);
  assert.is(once.length, 1);
});

test('follow ends when the supervisor is gone, and when it is aborted', async ({ at, run }) => {
  attempt(run, 1, { 'claim.json': { ...(await ownRecord()), pid_start: 1 } });
  for await (const _ of at.target().follow(at.job, 1, { follow: true })) assert.unreachable();
  attempt(run, 2, { 'claim.json': await ownRecord() });
  const signal = AbortSignal.timeout(50);
  for await (const _ of at.target().follow(at.job, 2, { follow: true, signal })) assert.unreachable();
});

test.run();
