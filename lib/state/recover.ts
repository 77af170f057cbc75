/**
 * What a crash left open. Pure: from the state, the journal and what the target says of the open starts, to the state
 * that is true now and what cannot be known yet. Doing it twice equals doing it once.
 */
import type { Sha } from '../base/hash.ts';
import { birthplace } from '../base/token.ts';
import type { Job } from '../manifest.ts';
import type { Found } from './attempt.ts';
import type { JournalEntry, StartBegin } from './journal-entry.ts';
import { applied, attemptOf, jobAt, recordAt, runsOf, withAttempt, withFound } from './record.ts';
import type { Recorded, State } from './state.ts';

type Begun = StartBegin & { readonly seq: number };
type End = JournalEntry & { readonly kind: 'end' };

/** What the target says of the job of an open start. */
export type LookUp = readonly Found[] | 'unknown';

export interface Recovered {
  readonly recorded: readonly Recorded[];
  /** The last journal line that `recorded` includes, but for `open`. */
  readonly journal: number;
  /** Lines of the starts that are still unknown. */
  readonly open: readonly number[];
  /** Starts whose outcome the target did not tell: nothing may be started in their place. */
  readonly unknown: readonly StartBegin[];
  /** Whether the journal held anything that the state did not. */
  readonly changed: boolean;
}

const isStart = (entry: JournalEntry): entry is JournalEntry & StartBegin =>
  entry.kind === 'begin' && entry.effect === 'start';

function endsOf(entries: readonly JournalEntry[]): ReadonlyMap<number, End> {
  return new Map(entries.flatMap((entry) => (entry.kind === 'end' ? [[entry.of, entry]] : [])));
}

/** Starts that the state does not include. */
function startsBeyond(state: State | undefined, entries: readonly JournalEntry[]): Begun[] {
  const { journal = 0, open = [] } = state ?? {};
  const left = new Set(open);
  return entries.filter(({ seq }) => seq > journal || left.has(seq)).filter(isStart);
}

/** Starts that the target must be asked about: begun, and neither done nor surely failed. */
export function openStarts(state: State | undefined, entries: readonly JournalEntry[]): readonly Begun[] {
  const ends = endsOf(entries);
  return startsBeyond(state, entries).filter((begin) => {
    const end = ends.get(begin.seq);
    return !end || end.outcome === 'unknown';
  });
}

const birthOf = (job: Job) => `${birthplace(job)}@${job.identity}`;

/** Starts under the addresses of now: a rename since then is in the state, not in the journal. */
function relocated(starts: readonly Begun[], recorded: readonly Recorded[]): readonly Begun[] {
  const renamed = recorded.flatMap(runsOf).filter(({ resource }) => resource.born !== undefined);
  if (renamed.length === 0) return starts;
  const places = new Map(renamed.map(({ resource }) => [birthOf(resource), resource.address]));
  return starts.map((begin) => {
    const address = places.get(birthOf(begin.job)) ?? begin.address;
    return { ...begin, address, job: jobAt(begin.job, address) };
  });
}

function withRun(records: readonly Recorded[], { job, artifacts, provenance }: StartBegin): readonly Recorded[] {
  return applied(records, { job, artifacts, plan: provenance.plan });
}

/** The attempt that a start found in its place, where it started none. */
function adoptedBy({ handle, found = [] }: End): Found | undefined {
  return found.find((each) => each.handle === handle);
}

function recordDone(records: readonly Recorded[], begin: StartBegin, end: End): readonly Recorded[] {
  const { job, n, token, provenance } = begin;
  const known = withFound(withRun(records, begin), job, end.found ?? [], provenance);
  if (adoptedBy(end)) return known;
  const { handle } = end;
  const attempt = attemptOf(job, n, token, provenance);
  return withAttempt(known, job, handle === undefined ? attempt : { ...attempt, handle });
}

/** A start that the state holds already: it was found by its run in the meantime. */
function isKnown(records: readonly Recorded[], begin: StartBegin, end: End | undefined): boolean {
  const record = recordAt(records, begin.address);
  const attempts = record ? runsOf(record).flatMap((run) => run.attempts) : [];
  const token = (end && adoptedBy(end)?.token) ?? begin.token;
  return attempts.some((each) => each.token === token && each.handle !== undefined);
}

/** What one start makes of the record at its address, if there is one; undefined where it changes nothing. */
function recoverOne(
  recorded: readonly Recorded[],
  begin: Begun,
  end: End | undefined,
  lookUps: ReadonlyMap<Sha, LookUp>,
): Recorded | 'unknown' | undefined {
  if (end?.outcome === 'failed' || isKnown(recorded, begin, end)) return undefined;
  if (end?.outcome === 'done') return recordDone(recorded, begin, end)[0];
  const found = lookUps.get(begin.token) ?? 'unknown';
  if (found === 'unknown') return 'unknown';
  if (!found.some((each) => each.token === begin.token)) return undefined;
  return withFound(withRun(recorded, begin), begin.job, found, begin.provenance)[0];
}

/** `lookUps`: by token, for each of `openStarts`. One that is missing counts as unknown. */
export function recover(
  state: State | undefined,
  entries: readonly JournalEntry[],
  lookUps: ReadonlyMap<Sha, LookUp>,
): Recovered {
  const journal = state?.journal ?? 0;
  const ends = endsOf(entries);
  const records = new Map((state?.recorded ?? []).map((one) => [one.address, one]));
  const unknown: Begun[] = [];
  const starts = relocated(startsBeyond(state, entries), state?.recorded ?? []);
  for (const begin of starts) {
    const before = records.get(begin.address);
    const after = recoverOne(before ? [before] : [], begin, ends.get(begin.seq), lookUps);
    if (after === 'unknown') unknown.push(begin);
    else if (after) records.set(begin.address, after);
  }
  const last = Math.max(journal, entries.at(-1)?.seq ?? 0);
  return {
    recorded: [...records.values()].sort((a, b) => (a.address < b.address ? -1 : 1)),
    journal: last,
    open: unknown.map(({ seq }) => seq),
    unknown,
    changed: starts.length > 0,
  };
}
