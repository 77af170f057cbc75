import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../lib/errors.ts';
import { Journal } from '../../lib/state/journal.ts';
import { type JournalEvent, lineOf, parseJournal } from '../../lib/state/journal-entry.ts';
import { journalFiles, journalFolder, journalPath, pruneJournal, readJournal } from '../../lib/state/journal-files.ts';

const events: JournalEvent[] = [
  { kind: 'apply-begin', plan: 'p', serial: 0, what: 'apply' },
  { kind: 'begin', effect: 'build', address: 'データ', key: 'k' },
  { kind: 'end', of: 2, outcome: 'failed', message: 'a "quoted"\nline,"sum":"0123456789abcdef"}' },
  { kind: 'begin', effect: 'stop', address: 'sft', identity: 'i', n: 1 },
  { kind: 'end', of: 4, outcome: 'done', handle: 'h' },
];

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'sft-journal-'));
  const options = { fence: () => undefined, now: () => 1 };
  return {
    folder,
    open: (epoch = 1, after = 0) =>
      new Journal(folder, Math.max(after, readJournal(folder, after).last), { ...options, epoch }),
    done: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function written(): Buffer {
  const { folder, open, done } = place();
  const journal = open();
  for (const event of events) journal.append(event);
  const bytes = readFileSync(journalPath(folder, 1, 1));
  done();
  return bytes;
}

const bytes = written();
const whole = parseJournal(bytes.toString(), 'j');

test('events are read back, numbered from 1', () => {
  assert.equal(
    whole,
    events.map((event, index) => ({ ...event, seq: index + 1, epoch: 1, time: 1 })),
  );
});

test('cut at any byte: the lines before it are read, the torn one is discarded', () => {
  for (let end = 0; end <= bytes.length; end++) {
    const entries = parseJournal(bytes.subarray(0, end).toString(), 'j');
    const lines = bytes.subarray(0, end).filter((byte) => byte === 10).length;
    assert.equal(entries, whole.slice(0, lines), `cut at ${end}`);
  }
});

test('a torn end stays in its file, and the next holder goes on behind it in another', () => {
  for (const torn of ['{"half', '\0\0\0', '{"half\0\0']) {
    const { folder, open, done } = place();
    const first = open();
    for (const event of events) first.append(event);
    appendFileSync(journalPath(folder, 1, 1), torn);
    assert.is(open(2).append({ kind: 'apply-end', plan: 'p', outcome: '0' }), 6);
    assert.equal(
      readJournal(folder, 0).entries.map(({ seq }) => seq),
      [1, 2, 3, 4, 5, 6],
    );
    assert.ok(existsSync(journalPath(folder, 2, 6)));
    done();
  }
});

test('any byte changed in a line that was whole is an error that names the line, or leaves a torn end', () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      try {
        const entries = parseJournal(changed.toString(), 'j');
        assert.equal(entries, whole.slice(0, entries.length));
        assert.ok(at >= bytes.lastIndexOf(10, -2), `byte ${at} was changed and nothing was said`);
      } catch (caught) {
        if (!(caught instanceof UserError)) throw caught;
        assert.is(caught.findings[0]?.id, 'state/journal-corrupt');
      }
    }),
  );
});

for (const [name, text] of [
  ['byte order mark', `\uFEFF${bytes}`],
  ['merge markers', `<<<<<<< ours\n${bytes}=======\n`],
  ['a line that was taken out', bytes.toString().split('\n').toSpliced(1, 1).join('\n')],
] as const)
  test(`${name}: an error`, () => {
    assert.throws(
      () => parseJournal(text, 'j'),
      (error: UserError) => error.findings[0]?.id === 'state/journal-corrupt',
    );
  });

test('a late line of a holder that had lost the lock counts for nothing', () => {
  const { folder, open, done } = place();
  const first = open(1);
  first.append({ kind: 'apply-begin', plan: 'old', serial: 0, what: 'apply' });
  const second = open(2);
  second.append({ kind: 'apply-begin', plan: 'new', serial: 0, what: 'apply' });
  first.append({ kind: 'begin', effect: 'build', address: 'late', key: 'k' });
  second.append({ kind: 'apply-end', plan: 'new', outcome: '0' });
  const { entries } = readJournal(folder, 0);
  assert.equal(
    entries.map((entry) => [entry.kind, entry.seq, entry.epoch]),
    [
      ['apply-begin', 1, 1],
      ['apply-begin', 2, 2],
      ['apply-end', 3, 2],
    ],
  );
  done();
});

test('a fence that throws leaves nothing written', () => {
  const { folder, done } = place();
  let lost = false;
  const fence = () => {
    if (lost) throw new Error('lost');
  };
  const journal = new Journal(folder, 0, { epoch: 1, fence, now: () => 1 });
  lost = true;
  assert.throws(() => journal.append({ kind: 'apply-end', plan: 'p', outcome: '0' }), 'lost');
  assert.is(readJournal(folder, 0).entries.length, 0);
  assert.equal(journalFiles(folder), []);
  done();
});

/** Three holders, whose lines are 1 to 1000, 1001 to 2000, 2001 to 3000. */
function long() {
  const at = place();
  mkdirSync(journalFolder(at.folder));
  for (const [index, epoch] of [3, 5, 20].entries()) {
    const first = 1 + 1000 * index;
    const event = { kind: 'begin', effect: 'build', address: 'x'.repeat(400), key: 'k', epoch, time: 1 } as const;
    const lines = Array.from({ length: 1000 }, (_, line) => lineOf({ ...event, seq: first + line }));
    writeFileSync(journalPath(at.folder, epoch, first), lines.join(''));
  }
  return at;
}

test('after any line: those behind it are read, and a damage before it is passed over', () => {
  const { folder, done } = long();
  for (const after of [0, 1, 999, 1000, 1001, 1999, 2000, 2350, 2400, 2999, 3000, 4000]) {
    const { entries, last } = readJournal(folder, after);
    assert.is(last, 3000);
    const expected = Array.from({ length: Math.max(0, 3000 - after) }, (_, index) => after + index + 1);
    assert.equal(
      entries.map(({ seq }) => seq).filter((seq) => seq > after),
      expected,
      `after ${after}`,
    );
  }
  // Where the state is at the end, not even the files before the last one are opened.
  writeFileSync(journalPath(folder, 3, 1), 'damaged\n');
  assert.is(readJournal(folder, 2990).last, 3000);
  assert.ok(readJournal(folder, 2990).entries.length < 1000);
  assert.throws(
    () => readJournal(folder, 500),
    (error: UserError) => error.findings[0]?.id === 'state/journal-corrupt',
  );
  done();
});

test('a damaged line that is needed is named by its place in the file', () => {
  const { folder, done } = long();
  const path = journalPath(folder, 20, 2001);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.with(989, 'damaged').join('\n'));
  assert.throws(
    () => readJournal(folder, 2900),
    (error: UserError) => error.findings[0]?.where.path === `${path}:990`,
  );
  done();
});

test('rotation removes the files that no kept state needs, and numbers go on', () => {
  const { folder, open, done } = long();
  const left = (oldest: number) => {
    pruneJournal(folder, oldest);
    return journalFiles(folder).map(({ first }) => first);
  };
  assert.equal(left(0), [1, 1001, 2001]);
  assert.equal(left(999), [1, 1001, 2001]);
  assert.equal(left(1000), [1001, 2001]);
  // The last one stays: it says which numbers were given out.
  assert.equal(left(3000), [2001]);
  assert.is(open(21, 3000).append({ kind: 'apply-end', plan: 'p', outcome: '0' }), 3001);
  assert.equal(left(3000), [3001]);
  rmSync(journalPath(folder, 21, 3001));
  assert.is(open(22, 3000).append({ kind: 'apply-end', plan: 'p', outcome: '0' }), 3001);
  done();
});

test('a file that a late line made anew after it was removed changes nothing', () => {
  const { folder, open, done } = place();
  const stopped = open(3);
  stopped.append({ kind: 'apply-begin', plan: 'old', serial: 0, what: 'apply' });
  open(4).append({ kind: 'apply-begin', plan: 'new', serial: 0, what: 'apply' });
  pruneJournal(folder, 1);
  assert.is(journalFiles(folder).length, 1);
  stopped.append({ kind: 'begin', effect: 'build', address: 'late', key: 'k' });
  assert.equal(
    readJournal(folder, 1).entries.map(({ epoch, seq }) => [epoch, seq]),
    [[4, 2]],
  );
  done();
});

test.run();
