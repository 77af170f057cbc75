/** Random histories with real commands, the real supervisor and real processes, as histories.test.ts has them in a model. */
import fc from 'fast-check';
import { suite } from 'uvu';
import { effort } from '../support/effort.ts';
import { type RealAct, RealHistory, realActs } from '../support/real-history.ts';

const test = suite('histories of real processes');

async function live(history: readonly RealAct[]): Promise<void> {
  const world = await RealHistory.make();
  try {
    await world.do({ do: 'apply' });
    for (const act of history) {
      await world.do(act);
      world.check();
    }
    await world.settle();
  } finally {
    await world.it.remove();
  }
}

const history = fc.array(realActs, { minLength: 1, maxLength: 6, size: 'max' });

test('each token is started once, no run lives twice, none is lost, nothing is left behind', async () => {
  // Two at once, each in a project of its own: most of the time both wait.
  const pair = fc.tuple(history, history);
  await fc.assert(
    fc.asyncProperty(pair, async (both) => {
      await Promise.all(both.map(live));
    }),
    { numRuns: effort(5, 100), includeErrorInReport: true },
  );
});

test.run();
