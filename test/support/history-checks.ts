/** What holds after each act of a history, whatever happened. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findRuns, load } from '../../lib/apply/load.ts';
import { runKey } from '../../lib/plan/match.ts';
import { type JournalEntry, parseJournal } from '../../lib/state/journal-entry.ts';
import { journalFiles } from '../../lib/state/journal-files.ts';
import { runsOf } from '../../lib/state/record.ts';
import { openStarts, recover } from '../../lib/state/recover.ts';
import { readState, type State } from '../../lib/state/state.ts';
import { serialsIn } from './disk-state.ts';
import type { HistoryTarget } from './history-target.ts';

/** All states that are kept, the oldest first. */
export function statesIn(folder: string): State[] {
  return serialsIn(folder).map((serial) => {
    const read = readState(readFileSync(join(folder, `${serial}.json`), 'utf8'));
    assert.is(read.kind, 'state', `state ${serial} is whole`);
    const { state } = read as { state: State };
    assert.is(state.serial, serial);
    return state;
  });
}

/** Serials grow by one, epochs never fall, and the history is one. */
export function checkStates(folder: string): void {
  const states = statesIn(folder);
  for (const [index, state] of states.entries()) {
    const before = states[index - 1];
    if (!before) continue;
    assert.is(state.serial, before.serial + 1, 'a serial grows by one');
    assert.is(state.lineage, before.lineage);
    assert.ok(state.epoch >= before.epoch, 'a holder wrote after the next one');
    assert.ok(state.journal >= before.journal, 'a state forgot lines of the journal');
  }
}

/** In each holder's file: its own epoch, an end only of a begin before it, and one end each. */
export function checkJournal(folder: string): void {
  for (const { path, epoch, first } of journalFiles(folder)) {
    const entries: readonly JournalEntry[] = parseJournal(readFileSync(path, 'utf8'), path);
    const open = new Set<number>();
    for (const entry of entries) {
      assert.is(entry.epoch, epoch, 'a line of another holder');
      assert.ok(entry.seq >= first);
      if (entry.kind === 'begin') open.add(entry.seq);
      if (entry.kind === 'end') assert.ok(open.delete(entry.of), 'an end without a begin');
    }
  }
}

/** Recovery from what recovery yields, with the same look-ups, changes nothing more. */
export async function checkRecovery(folder: string, target: HistoryTarget): Promise<void> {
  const { state, journal, recovered } = await load(folder, target);
  if (!state) return;
  const open = openStarts(state, journal.entries);
  const runs = await findRuns(
    target,
    open.map(({ job }) => job),
  );
  const lookUps = new Map(open.map(({ token, job }) => [token, runs.get(runKey(job)) ?? ('unknown' as const)]));
  const { recorded } = recovered;
  const again = recover(
    { ...state, recorded, journal: recovered.journal, open: recovered.open },
    journal.entries,
    lookUps,
  );
  assert.equal(again.recorded, recorded, 'recovery twice equals once');
  assert.equal(
    again.unknown.map(({ token }) => token),
    recovered.unknown.map(({ token }) => token),
  );
  assert.is(again.journal, recovered.journal);
}

/** Each run that lives is recorded, or told as unknown; but for those that a look-up or a person hid. */
export async function checkNoneLost(
  folder: string,
  target: HistoryTarget,
  excused: ReadonlySet<string>,
): Promise<void> {
  const { recovered } = await load(folder, target);
  const recorded = recovered.recorded.flatMap(runsOf).map(({ resource }) => runKey(resource));
  const unknown = recovered.unknown.map(({ job }) => runKey(job));
  const known = new Set([...recorded, ...unknown]);
  for (const { key } of target.live())
    assert.ok(known.has(key) || excused.has(key), `a training was lost from sight: ${key}`);
}
