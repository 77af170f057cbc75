/** Real processes: `sft apply` kills itself with SIGKILL at each boundary of its journal, and is done again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { journalText } from '../support/disk-state.ts';
import { effort } from '../support/effort.ts';
import { sideBySide } from '../support/sft.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('crashes of real processes');

/** One training for each token, and each process there is belongs to one of them. */
async function checkOnce(it: StandIn, count: number, where: string): Promise<void> {
  const starts = await it.awaitStarts(count);
  assert.is(new Set(starts.map(({ token }) => token)).size, starts.length, `a token was started twice: ${where}`);
  assert.is(starts.length, count, `trainings: ${where}`);
  assert.equal(await it.strays(), [], `orphans: ${where}`);
  const supervisors = it.processes().filter(({ words }) => / cdksft_trainer supervise /.test(words));
  assert.is(supervisors.length, count, `supervisors: ${where}`);
}

/** Nothing is left to do, the run is known to live, and it ends as one that is. */
async function checkSettled(it: StandIn, where: string): Promise<void> {
  const plan = await it.sft('plan', '--detailed-exitcode');
  assert.is(plan.code, 0, `the plan after an apply is empty: ${where}\n${plan.out}${plan.err}`);
  const before = journalText(it.states);
  assert.is((await it.sft('apply', '--yes')).code, 0);
  assert.equal(journalText(it.states), before, `a second apply writes nothing: ${where}`);
  it.finish();
  assert.equal(await it.awaitQuiet(), [], `left behind: ${where}`);
  const status = await it.sft('status', '--json');
  const runs = (JSON.parse(status.out) as { runs: { state: string }[] }).runs.map(({ state }) => state);
  assert.equal(runs, ['done'], where);
}

/** False once the apply has ended before it met boundary k. */
async function crashAt(k: number): Promise<boolean> {
  const it = await StandIn.make();
  try {
    const { child, ended } = it.start(['apply', '--yes'], { SFT_CRASH_AT: String(k) });
    const first = await ended;
    const killed = child.signalCode === 'SIGKILL';
    if (!killed) assert.is(first.code, 0, first.err);
    const again = await it.sft('apply', '--yes');
    assert.is(again.code, 0, `boundary ${k}: ${again.err}`);
    await checkOnce(it, 1, `boundary ${k}`);
    await checkSettled(it, `boundary ${k}`);
    return killed;
  } finally {
    await it.remove();
  }
}

test('killed at each boundary, then applied again: one start for each token, no orphan, nothing left to do', async () => {
  const every = effort(6, 1);
  let met = 0;
  for (let from = 1; ; from += 2 * every) {
    const pair = [from, from + every];
    const killed = await sideBySide(
      pair.map((k) => () => crashAt(k)),
      2,
    );
    met += killed.filter(Boolean).length;
    if (killed.includes(false)) break;
  }
  assert.ok(met >= effort(2, 12), `only ${met} boundaries were met`);
});

/** At any moment, also in the middle of an effect. */
async function crashAfter(milliseconds: number): Promise<void> {
  const it = await StandIn.make();
  try {
    const { child, ended } = it.start(['apply', '--yes']);
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    await ended;
    clearTimeout(timer);
    const again = await it.sft('apply', '--yes');
    assert.is(again.code, 0, `after ${milliseconds} ms: ${again.err}`);
    await checkOnce(it, 1, `after ${milliseconds} ms`);
    await checkSettled(it, `after ${milliseconds} ms`);
  } finally {
    await it.remove();
  }
}

test('killed at any moment, then applied again', async () => {
  const count = effort(1, 40);
  const moments = Array.from({ length: count }, (_, index) => 300 + Math.round((index * 1700) / count));
  await sideBySide(
    moments.map((moment) => () => crashAfter(moment)),
    2,
  );
});

test.run();
