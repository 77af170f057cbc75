/** Signals that ask `sft` to end, in each phase of its work: its exit code, what is recorded, the lock, and the training. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock } from '../../lib/state/lock.ts';
import { journalText } from '../support/disk-state.ts';
import { effort } from '../support/effort.ts';
import { programText, rows } from '../support/programs.ts';
import { makeProject, type Ran, sideBySide, startSft } from '../support/sft.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('signals');
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const signals = Object.keys(codes) as (keyof typeof codes)[];

/** Sends a signal once the command has said something. */
async function signalled(
  started: { readonly child: ChildProcess; readonly ended: Promise<Ran> },
  said: RegExp,
  send: (child: ChildProcess) => void,
): Promise<Ran> {
  const { child, ended } = started;
  let heard = '';
  let sent = false;
  const listen = (chunk: Buffer) => {
    heard += chunk;
    if (sent || !said.test(heard)) return;
    sent = true;
    send(child);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const ran = await ended;
  assert.ok(sent, `it never said ${said}: ${ran.out}${ran.err}`);
  return ran;
}

const once = (signal: NodeJS.Signals) => (child: ChildProcess) => void child.kill(signal);

const isFree = (it: StandIn) => readLock(it.states)?.released === true;

/** False once the apply has ended before it met boundary k. */
async function askedAt(k: number, by: keyof typeof codes): Promise<boolean> {
  const it = await StandIn.make();
  const where = `${by} at boundary ${k}`;
  try {
    const first = await it.start(['apply', '--yes'], { SFT_CRASH_AT: String(k), SFT_CRASH_BY: by }).ended;
    const met = first.code === codes[by];
    // Where nothing was left to do, all of it is done.
    if (!met) assert.is(first.code, 0, `${where}: ${first.err}`);
    assert.not.match(first.err, /bug of sft/, where);
    assert.ok(isFree(it), `the lock is held: ${where}`);
    assert.match(journalText(it.states), /"apply-end"/, where);
    const again = await it.sft('apply', '--yes');
    assert.is(again.code, 0, `${where}: ${again.err}`);
    assert.is((await it.awaitStarts(1)).length, 1, where);
    await sleep(200);
    assert.is(it.starts().length, 1, where);
    return met;
  } finally {
    await it.remove();
  }
}

test('at the boundaries of an apply: recorded, unlocked, and the next one goes on with one start', async () => {
  const every = effort(5, 1);
  const tasks = signals.flatMap((by, index) =>
    Array.from({ length: Math.ceil(18 / every) }, (_, turn) => () => askedAt(1 + index + turn * every, by)),
  );
  const met = (await sideBySide(tasks, 2)).filter(Boolean).length;
  assert.ok(met >= effort(5, 20), `only ${met} were met`);
});

test('while a program runs: its process ends too, and nothing is written', async () => {
  const waiting = 'process.stderr.write("at work\\n"); await new Promise((go) => setTimeout(go, 60_000));';
  const project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': `${waiting}\n${programText()}` });
  try {
    for (const by of signals)
      for (const command of ['plan', 'synth', 'apply']) {
        const started = startSft(project.folder, [command]);
        const { code, out } = await signalled(started, /at work/, once(by));
        // synth runs it in its own process, where signals are the program's: it is ended by them.
        assert.is(code ?? started.child.signalCode, command === 'synth' ? by : codes[by], `${command} ${by}`);
        assert.is(out, '');
      }
    assert.not.ok(existsSync(join(project.folder, '.sft')) || existsSync(join(project.folder, 'synth')));
  } finally {
    project.remove();
  }
});

test('while another command holds the lock: its lock is left alone', async () => {
  const it = await StandIn.make();
  const holder = it.start(['apply', '--yes'], { SFT_CRASH_AT: '3', SFT_CRASH_BY: 'SIGSTOP' });
  try {
    for (let turn = 0; turn < 400 && !/"apply-begin"/.test(journalText(it.states)); turn++) await sleep(50);
    const held = readLock(it.states)?.id;
    for (const by of signals) {
      const started = it.start(['apply', '--yes', '--lock-timeout', '120']);
      // Once the plan is out it takes the lock.
      const { code } = await signalled(started, /to add/, (child) => void setTimeout(() => child.kill(by), 500));
      assert.is(code, codes[by], by);
      assert.is(readLock(it.states)?.id, held);
    }
  } finally {
    holder.child.kill('SIGKILL');
    await holder.ended;
    await it.remove();
  }
});

test('while a run is followed: it goes on, and that is told', async () => {
  const it = await StandIn.make();
  try {
    for (const by of signals) {
      const started = it.start(['apply', '--yes', '--wait']);
      const { code, err } = await signalled(started, /step +1\//, once(by));
      assert.is(code, codes[by], err);
      assert.match(err, /The run goes on\. Follow it again: sft logs -f demo\/sft/);
      assert.ok(isFree(it));
    }
    for (const by of signals) {
      const { code } = await signalled(it.start(['logs', '-f']), /step/, once(by));
      assert.is(code, codes[by], by);
    }
    assert.is(it.starts().length, 1);
    assert.equal(JSON.parse((await it.sft('status', '--json')).out).runs[0].state, 'running');
  } finally {
    await it.remove();
  }
});

test('stdout closes, as by head: plan ends in silence, and an apply does its work all the same', async () => {
  const it = await StandIn.make();
  try {
    for (const command of [['plan'], ['plan', '--json'], ['apply', '--yes'], ['status']]) {
      const { child, ended } = it.start(command);
      child.stdout?.destroy();
      const { code, err } = await ended;
      assert.is(code, 0, `${command}: ${err}`);
      assert.not.match(err, /EPIPE|bug of sft/);
    }
    assert.is((await it.awaitStarts(1)).length, 1);
    assert.ok(isFree(it));
  } finally {
    await it.remove();
  }
});

test('two in 50 ms are one, as where npm passes on what the terminal sent too', async () => {
  const it = await StandIn.make();
  try {
    const started = it.start(['apply', '--yes', '--wait']);
    const { code, err } = await signalled(started, /step +1\//, (child) => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 30);
    });
    assert.is(code, 130);
    assert.not.match(err, /Left at once/);
    assert.ok(isFree(it));
  } finally {
    await it.remove();
  }
});

test.run();
