/**
 * Random histories of one stack, on a model target: what people, machines and chance do, in any order. After each act
 * all promises are looked at; a history that breaks one shrinks to the few acts that it takes.
 */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { effort, thorough } from '../support/effort.ts';
import { type Act, acts } from '../support/history-acts.ts';
import { clearFaults, run } from '../support/history-run.ts';
import { World } from '../support/history-world.ts';

const test = suite('histories');

const met = new Map<string, number>();
/** Met many times in 200 histories, and in 10,000. */
const often = ['create', 'new-run', 'attempt', 'update', 'repair', 'crashed', 'lock-lost', 'state/locked', 'exit 6'];
const seldom = ['adopt', 'move', 'rename', 'stop', 'forget', 'plan/move', 'plan/stale', 'plan/protected'];

/** Whatever happened: once nothing is in the way, an apply ends with nothing left to do, or says what it does not do. */
async function settle(world: World): Promise<void> {
  clearFaults(world.target);
  world.unlock();
  const plan = await world.plan({ allowMove: true });
  const end = await world.end(() => world.apply(plan));
  assert.ok(end === 0 || end === 'plan/protected', `the last apply ended with ${end}`);
  await world.check();
  if (end === 0) await world.checkSettled();
}

async function live(history: readonly Act[]): Promise<void> {
  const world = new World();
  try {
    for (const act of history) {
      await run(world, act);
      await world.check();
    }
    await settle(world);
    for (const [what, count] of world.met) met.set(what, (met.get(what) ?? 0) + count);
  } finally {
    world.close();
  }
}

test('one live job a token, none lost, serials by one, an empty plan after an apply, recovery twice as once', async () => {
  const numRuns = effort(200, 10_000);
  await fc.assert(fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 16, size: 'max' }), live), {
    numRuns,
    includeErrorInReport: true,
  });
  // Histories in which nothing happens would prove nothing.
  const missed = [...often, ...(thorough ? seldom : [])].filter((what) => !met.has(what));
  assert.equal(missed, [], 'never met');
});

test.run();
