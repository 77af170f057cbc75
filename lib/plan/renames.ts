/** What is to be said of renames: those that cannot be done, and what looks like one that nobody declared. */

import type { Sha } from '../base/hash.ts';
import type { Move } from '../base/moves.ts';
import type { Finding } from '../finding.ts';
import type { Job } from '../manifest.ts';
import type { Recorded } from '../state/state.ts';
import { diffSettings } from './diff.ts';
import { type Matched, runKey } from './match.ts';

export interface Renames {
  readonly matched: readonly Matched[];
  /** Recorded, but no longer in the program. */
  readonly gone: readonly Recorded[];
  readonly conflicts: readonly Move[];
}

/** So many settings may differ in what is still taken for a renamed run. */
const mostDifferent = 2;
/** To compare the settings of each with each costs the product; identities are compared in any number. */
const mostPairs = 2500;

interface Pair {
  readonly from: string;
  readonly job: Job;
  readonly different: number;
}

const lineOf = ({ from, to }: Move) => `stack.moved({ from: '${from}', to: '${to}' })`;

function byIdentity(gone: readonly Recorded[], added: readonly Job[]): Pair[] {
  const left = new Map<Sha, Recorded[]>();
  for (const record of gone) {
    const { identity } = record.resource;
    left.set(identity, [...(left.get(identity) ?? []), record]);
  }
  return added.flatMap((job) => {
    const record = left.get(job.identity)?.shift();
    return record ? [{ from: record.address, job, different: 0 }] : [];
  });
}

function bySettings(gone: readonly Recorded[], added: readonly Job[]): Pair[] {
  if (gone.length * added.length > mostPairs) return [];
  const all = gone.flatMap(({ address, resource }) =>
    added.map((job) => ({ from: address, job, different: diffSettings(resource, job).length })),
  );
  const near = all.filter(({ different }) => different <= mostDifferent).sort((a, b) => a.different - b.different);
  return near.filter(
    (pair, index) => !near.slice(0, index).some((other) => other.from === pair.from || other.job === pair.job),
  );
}

function hint({ from, job, different }: Pair): Finding {
  const { address: to, where } = job;
  const alike =
    different === 0 ? 'the same settings' : `all but ${different === 1 ? 'one' : different} of the same settings`;
  return {
    id: 'plan/looks-renamed',
    severity: 'warning',
    where,
    message: `${from} is removed and ${to} is added, with ${alike}: it looks like a rename, which is not declared.`,
    fix: `If it is one, write ${lineOf({ from, to })} in the program: the run then goes on under its new name.`,
  };
}

function hints({ matched, gone }: Renames): Finding[] {
  const added = matched.filter(({ record }) => !record).map(({ job }) => job);
  if (gone.length === 0 || added.length === 0) return [];
  const same = byIdentity(gone, added);
  const paired = new Set(same.flatMap(({ from, job }) => [from, job.address]));
  const near = bySettings(
    gone.filter(({ address }) => !paired.has(address)),
    added.filter(({ address }) => !paired.has(address)),
  );
  return [...same, ...near].map(hint);
}

function conflict({ from, to }: Move): Finding {
  return {
    id: 'moved/both-recorded',
    severity: 'error',
    where: {},
    message: `${from} is declared as renamed to ${to}, and runs of both are recorded. Nothing was changed.`,
    fix: `Take ${lineOf({ from, to })} out, or forget one of the two: sft state rm.`,
  };
}

/** A new run with the name and settings that a renamed one was born with would be taken for it. */
function sameRun(matched: readonly Matched[]): Finding[] {
  const first = new Map<string, Job>();
  return matched.flatMap(({ job }): Finding[] => {
    const other = first.get(runKey(job));
    if (!other) first.set(runKey(job), job);
    if (!other) return [];
    const [old, now] = job.born === undefined ? [other, job] : [job, other];
    return [
      {
        id: 'moved/same-run',
        severity: 'error',
        where: now.where,
        message: `${now.address} has the settings that ${old.address} was started with under this name: it would be the same run.`,
        fix: 'Give the new one another name, or change what is learnt (a seed is enough).',
      },
    ];
  });
}

export function renameFindings(renames: Renames): Finding[] {
  return [...renames.conflicts.map(conflict), ...sameRun(renames.matched), ...hints(renames)];
}
