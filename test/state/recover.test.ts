import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Found } from '../../lib/state/attempt.ts';
import type { JournalEntry } from '../../lib/state/journal-entry.ts';
import { applied, recordAt, withFound } from '../../lib/state/record.ts';
import { openStarts, recover } from '../../lib/state/recover.ts';
import { job, planHash, recordedRun, stateOf, token } from '../support/states.ts';

const stamp = { epoch: 1, time: 1 };
const jobs = [job(), job({ learningRate: 1e-3 }), job({ seed: 7 })];

const begin = (seq: number, n: number, of = jobs[0] ?? job()): JournalEntry => ({
  ...stamp,
  seq,
  kind: 'begin',
  effect: 'start',
  address: of.address,
  n,
  token: token(seq),
  job: of,
  artifacts: {},
  provenance: { plan: planHash },
});

const end = (seq: number, of: number, outcome: 'done' | 'failed' | 'unknown'): JournalEntry => ({
  ...stamp,
  seq,
  kind: 'end',
  of,
  outcome,
  ...(outcome === 'done' ? { handle: `h${of}` } : {}),
});

const found = (n: number, of: number): Found => ({
  n,
  token: token(of),
  handle: `found${of}`,
  state: 'running',
  checkpoint: 0,
  step: 3,
});

const empty = stateOf(1, []);

test('a start with its end is recorded without asking', () => {
  const entries = [begin(1, 1), end(2, 1, 'done')];
  assert.equal(openStarts(empty, entries), []);
  const { recorded, unknown, journal } = recover(empty, entries, new Map());
  assert.is(recordAt(recorded, 'sft')?.attempts[0]?.handle, 'h1');
  assert.equal([unknown, journal], [[], 2]);
});

test('what a start found of the run is recorded with it', () => {
  const done = end(2, 1, 'done');
  const before = { ...found(1, 7), state: 'ended', cause: 'killed' } as const;
  const started = recover(empty, [begin(1, 2), { ...done, found: [before] } as JournalEntry], new Map());
  assert.equal(
    recordAt(started.recorded, 'sft')?.attempts.map(({ n, handle, end: cause }) => [n, handle, cause]),
    [
      [1, 'found7', 'killed'],
      [2, 'h1', undefined],
    ],
  );
  const other = { ...found(3, 8), handle: 'h1' };
  const adopted = recover(empty, [begin(1, 2), { ...done, found: [before, other] } as JournalEntry], new Map());
  assert.equal(
    recordAt(adopted.recorded, 'sft')?.attempts.map(({ n, token: name }) => [n, name]),
    [
      [1, token(7)],
      [3, token(8)],
    ],
    'one that was taken over: none of the number that was to be started',
  );
});

test('an open start: found is recorded, absent is nothing, unknown stays open', () => {
  const entries = [begin(1, 1)];
  assert.is(openStarts(empty, entries).length, 1);
  const there = recover(empty, entries, new Map([[token(1), [found(1, 1)]]]));
  assert.is(recordAt(there.recorded, 'sft')?.attempts[0]?.handle, 'found1');
  assert.equal(recover(empty, entries, new Map([[token(1), []]])).recorded, []);
  for (const looks of [new Map(), new Map([[token(1), 'unknown' as const]])]) {
    const open = recover(empty, entries, looks);
    assert.equal([open.recorded, open.unknown.length, open.journal, open.open], [[], 1, 1, [1]]);
  }
});

test('a start that surely failed is nothing; an end that is unknown is asked about', () => {
  assert.equal(openStarts(empty, [begin(1, 1), end(2, 1, 'failed')]), []);
  assert.is(openStarts(empty, [begin(1, 1), end(2, 1, 'unknown')]).length, 1);
});

test('what the state includes is not looked at again', () => {
  const state = { ...stateOf(2, []), journal: 1 };
  assert.equal(openStarts(state, [begin(1, 1)]), []);
});

test('an earlier start that stays unknown does not bring back what was changed since', () => {
  const [first, second] = [job(), { ...job(), address: 'b' }];
  const entries = [begin(1, 1, first), begin(2, 1, second), end(3, 2, 'done')];
  const once = recover(empty, entries, new Map());
  const changed = { ...second, settings: { ...second.settings, logging: 9 } };
  const recorded = applied(once.recorded, { job: changed, artifacts: {}, plan: 'later' });
  const after = { ...empty, journal: once.journal, open: once.open };
  const again = recover({ ...after, recorded }, entries, new Map());
  assert.equal(again.recorded, recorded);
  assert.equal(again.open, [1]);
  const forgotten = recover({ ...after, recorded: [] }, entries, new Map());
  assert.equal(forgotten.recorded, [], 'nor what was forgotten');
  const told = recover({ ...after, recorded: [] }, entries, new Map([[token(1), [found(1, 1)]]]));
  assert.equal(
    told.recorded.map(({ address }) => address),
    ['sft'],
    'and is itself still found',
  );
});

test('a later look that knows less takes nothing away', () => {
  const ended = withFound(recordedRun(), job(), [{ ...found(1, 1), state: 'ended', cause: 'data' }], { plan: 'other' });
  const again = withFound(ended, job(), [{ ...found(1, 1), state: 'lost' }], { plan: 'other' });
  const attempt = recordAt(again, 'sft')?.attempts[0];
  assert.is(attempt?.end, 'data');
  assert.is(attempt?.provenance.plan, planHash, 'who started it is known');
});

/** Starts of three identities at one address, each with an end or without, and what a target may say of each. */
const history = fc
  .array(
    fc.record({
      job: fc.constantFrom(...jobs),
      end: fc.constantFrom('done' as const, 'failed' as const, 'unknown' as const, 'open' as const),
      look: fc.constantFrom('found', 'absent', 'unknown', 'missing'),
    }),
    { maxLength: 8 },
  )
  .map((starts) => {
    const entries: JournalEntry[] = [];
    const looks = new Map<string, Found[] | 'unknown'>();
    for (const [index, start] of starts.entries()) {
      const seq = entries.length + 1;
      entries.push(begin(seq, index + 1, start.job));
      if (start.end !== 'open') entries.push(end(seq + 1, seq, start.end));
      if (start.look === 'found') looks.set(token(seq), [found(index + 1, seq)]);
      else if (start.look !== 'missing') looks.set(token(seq), start.look === 'absent' ? [] : 'unknown');
    }
    return { entries, looks };
  });

test('recovery twice equals once, at any cut of the journal', () => {
  fc.assert(
    fc.property(history, fc.nat(16), ({ entries, looks }, cut) => {
      const some = entries.slice(0, cut);
      const once = recover(empty, some, looks);
      const state = { ...empty, recorded: once.recorded, journal: once.journal, open: once.open };
      const twice = recover(state, some, looks);
      assert.equal(twice.recorded, once.recorded);
      assert.equal(twice.unknown, once.unknown);
      assert.is(twice.journal, once.journal);
    }),
  );
});

test('every start is recorded, absent, failed, or told to be unknown; none is lost', () => {
  fc.assert(
    fc.property(history, ({ entries, looks }) => {
      const { recorded, unknown } = recover(empty, entries, looks);
      const runs = recorded.flatMap((record) => [record, ...(record.superseded ?? [])]);
      const known = new Set(runs.flatMap((run) => run.attempts.map((attempt) => attempt.token)));
      const ends = new Map(entries.flatMap((entry) => (entry.kind === 'end' ? [[entry.of, entry.outcome]] : [])));
      for (const entry of entries) {
        if (entry.kind !== 'begin' || entry.effect !== 'start') continue;
        const outcome = ends.get(entry.seq);
        const look = looks.get(entry.token) ?? 'unknown';
        const isOpen = outcome === undefined || outcome === 'unknown';
        const wanted = outcome === 'done' || (isOpen && look !== 'unknown' && look.length > 0);
        assert.is(known.has(entry.token), wanted);
        assert.is(
          unknown.some((start) => start.token === entry.token),
          isOpen && look === 'unknown',
        );
      }
    }),
  );
});

test('100,000 journal lines are recovered', () => {
  const small = { ...(jobs[0] ?? job()), settings: {} };
  const entries: JournalEntry[] = [];
  for (let seq = 1; seq < 100_000; seq += 2) {
    const address = `r${seq % 200}`;
    entries.push(begin(seq, seq, { ...small, address }), end(seq + 1, seq, seq % 1000 === 1 ? 'done' : 'failed'));
  }
  const { recorded } = recover(empty, entries, new Map());
  assert.equal(
    recorded.map((record) => record.address),
    ['r1'],
  );
});

test.run();
