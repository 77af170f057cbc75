import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  asked,
  type Changed,
  changed,
  decide,
  decideAfter,
  decideArtifact,
  decideRefresh,
  decideRemoved,
  decideRenamed,
  refusalOf,
  results,
  type Seen,
  seen,
  starting,
} from '../../lib/plan/decide.ts';
import { decisionsPage } from '../../lib/report/decisions-page.ts';

/** By hand: what is decided where nothing, resume, replace, move is asked for. */
type Rows = Record<Seen, string>;

const notRecorded: Rows = {
  absent: 'create none create create',
  queued: 'adopt adopt adopt adopt',
  running: 'adopt adopt adopt adopt',
  done: 'adopt adopt adopt adopt',
  failed: 'attempt attempt attempt attempt',
  'failed-own': 'adopt attempt attempt adopt',
  cancelled: 'adopt attempt attempt adopt',
  altered: 'adopt attempt attempt adopt',
  unknown: 'none none none none',
};

const recorded: Record<Changed, Rows> = {
  none: {
    absent: 'create none create create',
    queued: 'none none none none',
    running: 'none none none none',
    done: 'none none none none',
    failed: 'attempt attempt attempt attempt',
    'failed-own': 'none attempt attempt none',
    cancelled: 'none attempt attempt none',
    altered: 'none attempt attempt none',
    unknown: 'none none none none',
  },
  cosmetic: {
    absent: 'create none create create',
    queued: 'update update update update',
    running: 'update update update update',
    done: 'update update update update',
    failed: 'attempt attempt attempt attempt',
    'failed-own': 'update attempt attempt update',
    cancelled: 'update attempt attempt update',
    altered: 'update attempt attempt update',
    unknown: 'none none none none',
  },
  operational: {
    absent: 'create none create create',
    queued: 'update update update update',
    running: 'update update update update',
    done: 'update update update update',
    failed: 'attempt attempt attempt attempt',
    'failed-own': 'attempt attempt attempt attempt',
    cancelled: 'update attempt attempt update',
    altered: 'update attempt attempt update',
    unknown: 'none none none none',
  },
  placement: {
    absent: 'create none create create',
    queued: 'move move move move',
    running: 'move move move move',
    done: 'update update update update',
    failed: 'attempt attempt attempt attempt',
    'failed-own': 'attempt attempt attempt attempt',
    cancelled: 'update attempt attempt update',
    altered: 'update attempt attempt update',
    unknown: 'none none none none',
  },
  semantic: {
    absent: 'new-run none new-run new-run',
    queued: 'adopt adopt adopt adopt',
    running: 'adopt adopt adopt adopt',
    done: 'adopt adopt adopt adopt',
    failed: 'attempt attempt attempt attempt',
    'failed-own': 'adopt attempt attempt adopt',
    cancelled: 'adopt attempt attempt adopt',
    altered: 'adopt attempt attempt adopt',
    unknown: 'none none none none',
  },
};

for (const isRecorded of [false, true])
  for (const change of changed)
    test(`${isRecorded ? 'recorded' : 'not recorded'}, change ${change}`, () => {
      const rows = isRecorded ? recorded[change] : notRecorded;
      for (const state of seen) {
        const cells = asked.map((ask) => decide({ recorded: isRecorded, change, seen: state, asked: ask }));
        assert.is(cells.map((cell) => cell.verb).join(' '), rows[state], state);
        for (const cell of cells) assert.match(cell.because, /^[a-z].*[^.]$/);
      }
    });

test('what the target does not tell starts, stops and forgets nothing', () => {
  for (const isRecorded of [false, true])
    for (const change of changed)
      for (const ask of asked)
        assert.is(decide({ recorded: isRecorded, change, seen: 'unknown', asked: ask }).verb, 'none');
  assert.is(decideRemoved('unknown').verb, 'none');
});

test('a removed construct', () => {
  const expected: Record<Seen, string> = {
    absent: 'forget',
    queued: 'stop',
    running: 'stop',
    done: 'forget',
    failed: 'forget',
    'failed-own': 'forget',
    cancelled: 'forget',
    altered: 'forget',
    unknown: 'none',
  };
  for (const state of seen) assert.is(decideRemoved(state).verb, expected[state], state);
});

test('a renamed run: what is decided stays, and where that is nothing the record is renamed', () => {
  const all = ['none', 'create', 'update', 'attempt', 'move', 'new-run', 'adopt'] as const;
  const cells = all.map((verb) => decideRenamed({ verb, because: 'x' }, 'old'));
  assert.equal(
    cells.map(({ verb }) => verb),
    ['rename', 'create', 'update', 'attempt', 'move', 'new-run', 'adopt'],
  );
  for (const { because } of cells) assert.match(because, /^renamed from old/);
});

test('a protected run: only what removes or supersedes it is refused', () => {
  const refused = [...changed, 'removed' as const].filter((change) => refusalOf(change) !== undefined);
  assert.equal(refused, ['semantic', 'removed']);
});

test('a run that begins with another run’s result: each verb by each state of the result', () => {
  const verbs = [
    'none',
    'create',
    'update',
    'attempt',
    'move',
    'new-run',
    'adopt',
    'repair',
    'stop',
    'forget',
  ] as const;
  for (const verb of verbs)
    for (const result of results) {
      const own = { verb, because: 'as decided by itself' };
      const decision = decideAfter(own, result);
      const blocked = starting.includes(verb) && (result === 'none' || result === 'unknown');
      assert.is(decision.verb, blocked ? 'none' : verb, `${verb} ${result}`);
      if (blocked) assert.match(decision.because, /^[a-z].*[^.]$/);
      else assert.is(decision, own);
    }
  assert.equal([...starting], ['create', 'attempt', 'new-run', 'move']);
});

test('with --refresh-only something is recorded, and nothing else', () => {
  for (const state of seen) {
    assert.is(decideRefresh(state, true).verb, state === 'unknown' ? 'none' : 'refresh', state);
    assert.is(decideRefresh(state, false).verb, 'none', state);
  }
});

test('artifacts', () => {
  const cells = (['whole', 'altered', 'absent', 'unknown'] as const).map((presence) => [
    presence,
    decideArtifact(true, presence).verb,
    decideArtifact(false, presence).verb,
  ]);
  assert.equal(cells, [
    ['whole', 'none', 'none'],
    ['altered', 'repair', 'repair'],
    ['absent', 'create', 'none'],
    ['unknown', 'create', 'none'],
  ]);
});

test('docs/decisions.md is current (npm run docs)', () => {
  const page = readFileSync(new URL('../../docs/decisions.md', import.meta.url), 'utf8');
  assert.is(page, decisionsPage());
});

test.run();
