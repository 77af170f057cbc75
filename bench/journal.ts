/**
 * The journal alone, `node bench/journal.ts STATE`, from the runs in a state's folder: what the two lines of an effect
 * cost on this disk, and how long recovery from 100,000 lines takes, none of which is in a state.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../lib/base/hash.ts';
import { Journal } from '../lib/state/journal.ts';
import { type JournalEvent, lineOf } from '../lib/state/journal-entry.ts';
import { journalFolder, journalPath, readJournal } from '../lib/state/journal-files.ts';
import { recover } from '../lib/state/recover.ts';
import type { Recorded } from '../lib/state/state.ts';
import { FileStore } from '../lib/state/store.ts';

const starts = 50_000;
const effects = 200;

const recorded = (await new FileStore(process.argv[2] ?? '.').read())?.recorded ?? [];

/** Start and end of the run of another address each. */
function linesOf(index: number): [JournalEvent, JournalEvent] {
  const { resource, artifacts, appliedBy } = recorded[index % recorded.length] as Recorded;
  const job = { ...resource, address: `${resource.address}-${index}` };
  const start = { n: 1, token: sha256(job.address), job, artifacts, provenance: { plan: appliedBy } };
  return [
    { kind: 'begin', effect: 'start', address: job.address, ...start },
    { kind: 'end', of: 2 * index + 1, outcome: 'done', handle: `${index}` },
  ];
}

function secondsOf<T>(work: () => T): [number, T] {
  const began = performance.now();
  const result = work();
  return [(performance.now() - began) / 1000, result];
}

function effectSeconds(folder: string): number {
  const journal = new Journal(folder, 0, { epoch: 1, fence: () => undefined, now: () => 0 });
  const all = Array.from({ length: effects }, (_, index) => linesOf(index)).flat();
  return secondsOf(() => all.forEach((event) => void journal.append(event)))[0] / effects;
}

function recoverySeconds(folder: string): number {
  mkdirSync(journalFolder(folder), { recursive: true });
  const lines: string[] = [];
  for (let index = 0; index < starts; index++)
    for (const event of linesOf(index)) lines.push(lineOf({ ...event, seq: lines.length + 1, epoch: 1, time: 0 }));
  writeFileSync(journalPath(folder, 1, 1), lines.join(''));
  const [seconds, { recorded: found }] = secondsOf(() => recover(undefined, readJournal(folder, 0).entries, new Map()));
  if (found.length !== starts) throw new Error(`${found.length} of ${starts} runs were recovered`);
  return seconds;
}

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sft-journal-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const measured = { effect: inFolder(effectSeconds), recovery: inFolder(recoverySeconds) };
process.stdout.write(`${JSON.stringify(measured)}\n`);
