import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../lib/errors.ts';
import { Journal, type JournalEvent, parseJournal, readJournal } from '../../lib/state/journal.ts';

const events: JournalEvent[] = [
  { kind: 'apply-begin', plan: 'p', serial: 0, what: 'apply' },
  { kind: 'begin', effect: 'build', address: 'データ', key: 'k' },
  { kind: 'end', of: 2, outcome: 'failed', message: 'a "quoted"\nline,"sum":"0123456789abcdef"}' },
  { kind: 'begin', effect: 'stop', address: 'sft', identity: 'i', n: 1 },
  { kind: 'end', of: 4, outcome: 'done', handle: 'h' },
];

function place(): { folder: string; file: string; open: (epoch?: number) => Journal; done: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sft-journal-'));
  const options = { fence: () => undefined, now: () => 1 };
  return {
    folder,
    file: join(folder, 'journal.jsonl'),
    open: (epoch = 1) => new Journal(folder, readJournal(folder), 0, { ...options, epoch }),
    done: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function written(): Buffer {
  const { file, open, done } = place();
  const journal = open();
  for (const event of events) journal.append(event);
  const bytes = readFileSync(file);
  done();
  return bytes;
}

const bytes = written();
const whole = parseJournal(bytes.toString(), 'j').entries;

test('events are read back, numbered from 1', () => {
  assert.equal(
    whole,
    events.map((event, index) => ({ ...event, seq: index + 1, epoch: 1, time: 1 })),
  );
});

test('cut at any byte: the lines before it are read, the torn one is discarded', () => {
  for (let end = 0; end <= bytes.length; end++) {
    const read = parseJournal(bytes.subarray(0, end).toString(), 'j');
    const lines = bytes.subarray(0, end).filter((byte) => byte === 10).length;
    assert.equal(read.entries, whole.slice(0, lines), `cut at ${end}`);
  }
});

test('a torn line is gone from the file before the next one is appended', () => {
  const { folder, file, open, done } = place();
  for (const torn of ['{"half', '\0\0\0', '{"half\0\0']) {
    writeFileSync(file, bytes);
    appendFileSync(file, torn);
    assert.is(open(2).append({ kind: 'apply-end', plan: 'p', outcome: '0' }), 6);
    assert.is(readJournal(folder).entries.length, 6);
    assert.ok(readFileSync(file).subarray(0, bytes.length).equals(bytes));
  }
  done();
});

test('any byte changed in a line that was whole is an error that names the line, or leaves a torn end', () => {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      try {
        const { entries } = parseJournal(changed.toString(), 'j');
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
  const { entries } = readJournal(folder);
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
  const journal = new Journal(folder, readJournal(folder), 0, { epoch: 1, fence, now: () => 1 });
  lost = true;
  assert.throws(() => journal.append({ kind: 'apply-end', plan: 'p', outcome: '0' }), 'lost');
  assert.is(readJournal(folder).entries.length, 0);
  done();
});

test.run();
