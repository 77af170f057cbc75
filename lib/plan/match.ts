/** Which recorded run each wanted job is, and which runs the target must be asked about. */

import { ownFault } from '../base/events.ts';
import type { Sha } from '../base/hash.ts';
import type { Job, Manifest } from '../manifest.ts';
import type { Found, Presence } from '../state/attempt.ts';
import { runsOf } from '../state/record.ts';
import type { LookUp } from '../state/recover.ts';
import type { Recorded, Run } from '../state/state.ts';
import { actualRevisions, withoutPinning } from './actual.ts';
import type { Changed, Seen } from './decide.ts';
import { changeOf, diffSettings, type FieldChange } from './diff.ts';

export interface Matched {
  /** As wanted; its identity is the recorded one where nothing that shapes learning has changed. */
  readonly job: Job;
  readonly record?: Recorded;
  readonly fields: readonly FieldChange[];
  readonly change: Changed;
}

/** What a target was seen to hold. */
export interface Observed {
  /** The workspace's real path; absent where the target could not be reached. */
  readonly root?: string;
  /** By address. */
  readonly presence: ReadonlyMap<string, Presence>;
  /** By `runKey`. One that is missing counts as unknown. */
  readonly runs: ReadonlyMap<string, LookUp>;
}

export function runKey(job: { readonly address: string; readonly identity: Sha }): string {
  return `${job.address}@${job.identity}`;
}

function matchOne(job: Job, record: Recorded | undefined, runs: Observed['runs'] | undefined): Matched {
  if (!record) return { job, fields: [], change: 'none' };
  const found = runs?.get(runKey(record.resource)) ?? 'unknown';
  const actual = actualRevisions(record, found === 'unknown' ? [] : found);
  const fields = withoutPinning(diffSettings(record.resource, job), actual);
  const change = changeOf(fields);
  // A newer version may hash identities in another way: that alone is no new run.
  const identity = change === 'semantic' ? job.identity : record.resource.identity;
  return { job: { ...job, identity }, record, fields, change };
}

export function jobsOf(manifest: Manifest): Job[] {
  return manifest.resources.filter((resource) => resource.life === 'job');
}

/** `runs`: what the target knows of their attempts, where it was asked. */
export function match(manifest: Manifest, recorded: readonly Recorded[], runs?: Observed['runs']): Matched[] {
  const byAddress = new Map(recorded.map((record) => [record.address, record]));
  return jobsOf(manifest).map((job) => matchOne(job, byAddress.get(job.address), runs));
}

/** Whether a recorded run may still live. */
function mayLive(run: Run): boolean {
  const last = run.attempts.at(-1);
  return last !== undefined && last.end === undefined;
}

/** Recorded runs that are not wanted now but may live: superseded ones, and those of removed constructs. */
export function otherRuns(matched: readonly Matched[], recorded: readonly Recorded[]): Job[] {
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
  if (found.cause === 'done' || found.cause === 'cancelled') return found.cause;
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
