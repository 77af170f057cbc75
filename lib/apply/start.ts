/** Starts an attempt at most once: begin, look the token up, start, end. */
import type { Sha } from '../base/hash.ts';
import { UserError } from '../errors.ts';
import type { Artifact, Job } from '../manifest.ts';
import type { Found } from '../state/attempt.ts';
import { plainJob } from '../state/record.ts';
import type { LookUp } from '../state/recover.ts';
import type { How, Target } from '../targets/target.ts';
import { restsOn } from './needs.ts';
import type { Session } from './session.ts';

export interface Start {
  readonly job: Job;
  readonly artifacts: readonly Artifact[];
  readonly n: number;
  readonly token: Sha;
  readonly how: How;
}

export type Started =
  | { readonly outcome: 'started'; readonly handle: string; readonly found: readonly Found[] }
  /** It was there: from an apply that crashed, from another plan, or from the supervisor's own retry. */
  | { readonly outcome: 'adopted'; readonly handle: string; readonly found: readonly Found[] }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'failed'; readonly error: unknown };

/** The attempt itself, or another live one of the same run: either way there is nothing to start. */
export function alreadyThere(found: readonly Found[], token: Sha): Found | undefined {
  return (
    found.find((each) => each.token === token) ??
    found.find((each) => each.state === 'running' || each.state === 'queued')
  );
}

async function lookUp(target: Target, job: Job): Promise<LookUp> {
  return (await target.find([job])).get(job.address) ?? 'unknown';
}

function adopt(session: Session, begin: number, there: Found, found: readonly Found[]): Started {
  session.end(begin, { outcome: 'done', handle: there.handle, found });
  return { outcome: 'adopted', handle: there.handle, found };
}

function unknown(session: Session, begin: number): Started {
  session.end(begin, { outcome: 'unknown' });
  return { outcome: 'unknown' };
}

/** A start that failed may have begun all the same: only the target knows. */
async function afterFailure(session: Session, target: Target, start: Start, begin: number, error: unknown) {
  const found = await lookUp(target, start.job);
  if (found === 'unknown') return unknown(session, begin);
  const there = alreadyThere(found, start.token);
  if (there) return adopt(session, begin, there, found);
  session.end(begin, { outcome: 'failed', message: error instanceof Error ? error.message : String(error) });
  return { outcome: 'failed', error } as const;
}

export async function startOnce(session: Session, target: Target, start: Start): Promise<Started> {
  const { job, artifacts, n, token, how } = start;
  const rests = restsOn(artifacts);
  const begin = session.begin({
    kind: 'begin',
    effect: 'start',
    address: job.address,
    n,
    token,
    job: plainJob(job),
    artifacts: rests,
    provenance: how.provenance,
  });
  const found = await lookUp(target, job);
  if (found === 'unknown') return unknown(session, begin);
  const there = alreadyThere(found, token);
  if (there) return adopt(session, begin, there, found);
  session.fence();
  let handle: string;
  try {
    handle = await target.start(job, artifacts, n, how);
  } catch (caught) {
    return afterFailure(session, target, start, begin, caught);
  }
  session.end(begin, { outcome: 'done', handle, ...(found.length > 0 ? { found } : {}) });
  return { outcome: 'started', handle, found };
}

/** What a failure says to a person: a user's mistake in its own words. */
export function messageOf(error: unknown): string {
  if (error instanceof UserError) return error.findings.map((finding) => finding.message).join(' ');
  return error instanceof Error ? error.message : String(error);
}
