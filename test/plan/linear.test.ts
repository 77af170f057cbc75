/** No step looks at each run for each run: eight times the runs are eight times the looks, counted and not timed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { walk } from '../../lib/apply/walk.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { jobsOf, match, type Observed, runKey, runsToFind } from '../../lib/plan/match.ts';
import { assemble } from '../../lib/plan/plan.ts';
import { resourceChanges } from '../../lib/plan/resource-changes.ts';
import { planText } from '../../lib/report/plan-text.ts';
import type { Found } from '../../lib/state/attempt.ts';
import type { JournalEntry } from '../../lib/state/journal-entry.ts';
import { openStarts, recover } from '../../lib/state/recover.ts';
import { stackOf } from '../support/stacks.ts';
import { token } from '../support/states.ts';

let looks = 0;

/** The same object; each look at one of its properties counts. A copy of it counts no more, but for lists in it. */
function counted<T extends object>(value: T): T {
  return new Proxy(value, {
    get: (of, key, receiver) => {
      looks += 1;
      return Reflect.get(of, key, receiver);
    },
  });
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `sft${String(index).padStart(5, '0')}`);

function stack(count: number, changes: Record<string, unknown> = {}): Manifest {
  const manifest = stackOf(Object.fromEntries(names(count).map((name) => [name, { maxSteps: 10, ...changes }])));
  return { ...manifest, resources: manifest.resources.map((one) => counted({ ...one, needs: counted(one.needs) })) };
}

/** Lines of an apply that started all. */
function journal(jobs: readonly Job[]): JournalEntry[] {
  return jobs.flatMap((job, index): JournalEntry[] => {
    const line = { epoch: 1, time: 0 };
    const begin = { n: 1, token: token(index), job, artifacts: {}, provenance: { plan: 'p' }, address: job.address };
    return [
      counted({ kind: 'begin', effect: 'start', ...begin, ...line, seq: 2 * index + 1 }),
      counted({ kind: 'end', of: 2 * index + 1, outcome: 'done', handle: 'h', ...line, seq: 2 * index + 2 }),
    ];
  });
}

/** All runs of `before` are done; of the others the target has nothing. */
function observed(before: Manifest, after: Manifest): Observed {
  const done = (index: number): Found =>
    counted({ n: 1, token: token(index), handle: 'h', state: 'ended', cause: 'done', checkpoint: 9, step: 10 });
  const runs = new Map<string, Found[]>(jobsOf(after).map((job) => [runKey(job), []]));
  for (const [index, job] of jobsOf(before).entries()) runs.set(runKey(job), [done(index)]);
  const presence = new Map(before.resources.map(({ address }) => [address, 'whole' as const]));
  return { root: '/w', presence, runs };
}

async function looksOf(count: number, work: (count: number) => () => unknown): Promise<number> {
  const act = work(count);
  looks = 0;
  await act();
  return looks;
}

const recorded = (manifest: Manifest) => recover(undefined, journal(jobsOf(manifest)), new Map()).recorded;
const rest = { tool: '0.1.0', project: 'tests', state: { lineage: 'l', serial: 4 } };

function planned(before: Manifest, after: Manifest, changes = true) {
  return () => {
    const given = recorded(before).map(counted);
    runsToFind(match(after, given));
    const plan = assemble({ ...rest, manifest: after, recorded: given, observed: observed(before, after) });
    assert.is(
      plan.steps.some(({ verb }) => verb !== 'none'),
      changes,
    );
    planText(plan);
    resourceChanges('0.1.0', [plan]);
  };
}

const works: Record<string, (count: number) => () => unknown> = {
  'nothing to change': (count) => planned(stack(count), stack(count), false),
  'every run changed': (count) => planned(stack(count), stack(count, { learningRate: 0.1 })),
  'every run new': (count) => planned(stack(0), stack(count)),
  'every run removed': (count) => planned(stack(count), stack(0)),
  'starts that a crash left open': (count) => {
    const lines = journal(jobsOf(stack(count))).filter(({ kind }) => kind === 'begin');
    const answers = new Map(names(count).map((_, index) => [token(index), []]));
    return () => [openStarts(undefined, lines), recover(undefined, lines, answers)];
  },
  'the walk of an apply': (count) => {
    const { signal } = new AbortController();
    const nodes = stack(count).resources;
    const options = { signal, skip: () => undefined, parallelism: 4, graceSeconds: 0 };
    return () => walk(nodes, { ...options, act: async () => 'done' as const });
  },
};

for (const [name, work] of Object.entries(works))
  test(name, async () => {
    const [few, many] = [await looksOf(60, work), await looksOf(480, work)];
    assert.ok(few > 60, `${few} looks say nothing`);
    assert.ok(many < few * 8.5, `60 runs take ${few} looks, 480 take ${many}`);
  });

test('looks that grow as the square are seen', async () => {
  const square = (count: number) => () => {
    const { resources } = stack(count);
    for (const { address } of resources) resources.filter((other) => other.address === address);
  };
  assert.ok((await looksOf(480, square)) > 9 * (await looksOf(60, square)));
});

test.run();
