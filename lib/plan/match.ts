/** Which recorded run each wanted job is, and which runs the target must be asked about. */

import { ownFault } from '../base/events.ts';
import { type Move, origins } from '../base/moves.ts';
import { type Birth, birthplace } from '../base/token.ts';
import type { Job, Manifest } from '../manifest.ts';
import type { Found, Presence } from '../state/attempt.ts';
import { runsOf } from '../state/record.ts';
import type { LookUp } from '../state/recover.ts';
import type { Recorded, Run } from '../state/state.ts';
import { actualRevisions, withoutPinning } from './actual.ts';
import type { Changed, Seen } from './decide.ts';
import { changeOf, diffSettings, type FieldChange } from './diff.ts';
import { type MovedRecords, movedRecords } from './moved.ts';
import { inOrder } from './upstream.ts';

export interface Matched {
  /** As wanted; its identity is the recorded one where nothing that shapes learning has changed. */
  readonly job: Job;
  readonly record?: Recorded;
  readonly fields: readonly FieldChange[];
  readonly change: Changed;
  /** The same job at the places where it would be, had it been started before a declared rename. */
  readonly elsewhere?: readonly Job[];
}

/** What a target was seen to hold. */
export interface Observed {
  /** The workspace's real path; absent where the target could not be reached. */
  readonly root?: string;
  /** The host that it was looked at on. */
  readonly machine?: string;
  /** By address. */
  readonly presence: ReadonlyMap<string, Presence>;
  /** By `runKey`. One that is missing counts as unknown. */
  readonly runs: ReadonlyMap<string, LookUp>;
}

/** A run on the target: a rename leaves it as it is. */
export function runKey(job: Birth): string {
  return `${birthplace(job)}@${job.identity}`;
}

interface Known {
  readonly moved: readonly Move[];
  readonly runs: Observed['runs'] | undefined;
}

function fieldsOf(job: Job, record: Recorded | undefined, runs: Known['runs']): FieldChange[] {
  if (!record) return [];
  const found = runs?.get(runKey(record.resource)) ?? 'unknown';
  return withoutPinning(diffSettings(record.resource, job), actualRevisions(record, found === 'unknown' ? [] : found));
}

function matchOne(job: Job, record: Recorded | undefined, { moved, runs }: Known): Matched {
  const fields = fieldsOf(job, record, runs);
  const change = changeOf(fields);
  // A newer version may hash identities in another way: that alone is no new run.
  const identity = record && change !== 'semantic' ? record.resource.identity : job.identity;
  const known = record && runsOf(record).find(({ resource }) => resource.identity === identity)?.resource;
  const born = known ? known.born : job.born;
  const { born: _, ...rest } = job;
  const it = { ...rest, identity, ...(born === undefined ? {} : { born }) };
  // Without its record, as after a lost state, it may be there under the name that it had before.
  const before = known || born !== undefined || moved.length === 0 ? [] : origins(job.address, moved);
  const elsewhere = before.map((address) => ({ ...it, born: address }));
  return { job: it, ...(record ? { record } : {}), fields, change, ...(elsewhere.length > 0 ? { elsewhere } : {}) };
}

export function jobsOf(manifest: Manifest): Job[] {
  return manifest.resources.filter((resource) => resource.life === 'job');
}

export interface Match extends MovedRecords {
  readonly matched: readonly Matched[];
}

/** `recorded` as the state has it; `runs`: what the target knows of their attempts, where it was asked. */
export function match(manifest: Manifest, recorded: readonly Recorded[], runs?: Observed['runs']): Match {
  const jobs = jobsOf(manifest);
  const { moved = [] } = manifest;
  const under = movedRecords(recorded, moved, new Set(jobs.map(({ address }) => address)));
  const byAddress = new Map(under.records.map((record) => [record.address, record]));
  const one = (job: Job) => matchOne(job, byAddress.get(job.address), { moved, runs });
  return { ...under, matched: inOrder(jobs, one) };
}

/** Where it is on the target, of the places where it may be; one that did not answer counts before those that are empty. */
export function located(matched: Matched, runs: Observed['runs']): Matched {
  if (!matched.elsewhere) return matched;
  const job = [matched.job, ...matched.elsewhere].find((each) => {
    const lookUp = runs.get(runKey(each)) ?? 'unknown';
    return lookUp === 'unknown' || lookUp.length > 0;
  });
  return job ? { ...matched, job } : matched;
}

/** All that the target must be asked about. */
export function runsToFind({ matched, records }: Match): Job[] {
  return [...matched.flatMap(({ job, elsewhere = [] }) => [job, ...elsewhere]), ...otherRuns(matched, records)];
}

/** Whether a recorded run may still live. */
function mayLive(run: Run): boolean {
  const last = run.attempts.at(-1);
  return last !== undefined && last.end === undefined;
}

/** Recorded runs that are not wanted now but may live: superseded ones, and those of removed constructs. */
function otherRuns(matched: readonly Matched[], recorded: readonly Recorded[]): Job[] {
  const wanted = new Set(matched.map(({ job }) => runKey(job)));
  const kept = new Set(matched.map(({ job }) => job.address));
  return recorded.flatMap((record) =>
    runsOf(record)
      .filter((run, index) => (index === 0 && !kept.has(record.address)) || mayLive(run))
      .map((run) => run.resource)
      .filter((job) => !wanted.has(runKey(job))),
  );
}

function seenOne(found: Found): Seen {
  if (found.state === 'queued' || found.state === 'running') return found.state;
  if (found.cause === 'done') return found.altered ? 'altered' : 'done';
  if (found.cause === 'cancelled') return 'cancelled';
  if (found.state === 'ended' && ownFault.some((cause) => cause === found.cause)) return 'failed-own';
  return 'failed';
}

/** What the attempts of one run amount to: a live one counts before an ended one, else the newest. */
export function seenOf(lookUp: LookUp | undefined): Seen {
  if (lookUp === undefined || lookUp === 'unknown') return 'unknown';
  const live = lookUp.find((found) => found.state === 'running') ?? lookUp.find((found) => found.state === 'queued');
  const newest = live ?? lookUp.at(-1);
  return newest ? seenOne(newest) : 'absent';
}
