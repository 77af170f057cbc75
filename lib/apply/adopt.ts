/** Takes over a run that was started by hand: its folder becomes the run's own, its attempts are recorded. Starts nothing. */
import { hashOf, type Sha } from '../base/hash.ts';
import { type ExitCode, exit, fail, UserError } from '../errors.ts';
import type { Job, Manifest } from '../manifest.ts';
import { refusalOf } from '../plan/decide.ts';
import { located, match, runKey, runsToFind } from '../plan/match.ts';
import { keepFiles } from '../state/applied-files.ts';
import type { Found } from '../state/attempt.ts';
import { applied, isProtected, withFound } from '../state/record.ts';
import type { LookUp } from '../state/recover.ts';
import type { Target } from '../targets/target.ts';
import { findRuns } from './load.ts';
import { artifactsFor, artifactsOf, restsOn } from './needs.ts';
import { type Desk, Session } from './session.ts';
import { messageOf } from './start.ts';

export interface AdoptInput {
  readonly manifest: Manifest;
  /** Address of a run of that manifest. */
  readonly run: string;
  /** Folder where launch.sh was started, absolute; absent: the run's own in the workspace. */
  readonly from?: string | undefined;
  readonly target: Target;
  readonly desk: Desk;
  readonly signal: AbortSignal;
}

export interface AdoptResult {
  readonly exit: ExitCode;
  /** `known`: all was recorded already. */
  readonly outcome: 'adopted' | 'known' | 'unknown';
  readonly attempts: readonly Found[];
}

/** The run as it is wanted, with the identity and the place that it has. */
async function wanted({ manifest, run, target }: AdoptInput, session: Session): Promise<Job> {
  const matching = match(manifest, session.records);
  const found = matching.matched.find(({ job }) => job.address === run);
  if (!found) throw new Error(`${run} is not in the manifest`);
  const looks = await findRuns(target, runsToFind({ ...matching, matched: [found], records: [] }));
  const { job, record, change } = located(found, looks);
  const refusal = refusalOf(change);
  const isKept = isProtected(job) || (record !== undefined && isProtected(record.resource));
  if (record && isKept && refusal !== undefined)
    throw fail(
      'plan/protected',
      `${run}: ${refusal}. Nothing was changed.`,
      'Keep it, or lift the protection: set protect: false on it, and apply that.',
      { where: job.where },
    );
  return job;
}

async function lookUp(target: Target, job: Job): Promise<LookUp> {
  return (await findRuns(target, [job])).get(runKey(job)) ?? 'unknown';
}

async function takeOver(target: Target, session: Session, job: Job, from: string): Promise<void> {
  const { address, identity } = job;
  const begin = session.begin({ kind: 'begin', effect: 'adopt', address, identity, from });
  session.fence();
  try {
    await target.takeOver(job, from);
  } catch (error) {
    session.end(begin, { outcome: 'failed', message: messageOf(error) });
    throw error;
  }
  session.end(begin, { outcome: 'done' });
}

function record({ manifest }: AdoptInput, session: Session, job: Job, found: readonly Found[], plan: Sha): void {
  const artifacts = artifactsFor(job, artifactsOf(manifest));
  const bundles = artifacts.filter(({ make }) => make === 'bundle');
  keepFiles(session.folder, bundles, manifest.files);
  session.update((records) =>
    withFound(applied(records, { job, artifacts: restsOn(artifacts), plan }), job, found, { plan }),
  );
}

function nothing({ run, from }: AdoptInput) {
  return fail(
    'adopt/nothing',
    `No attempt of ${run} is in ${from ?? 'the workspace'}.`,
    'If launch.sh was started in another folder, name it: sft adopt RUN --from FOLDER.',
    { exit: exit.error },
  );
}

async function adoptWith(input: AdoptInput, session: Session, plan: Sha): Promise<AdoptResult> {
  const { target, from } = input;
  const job = await wanted(input, session);
  if ((await lookUp(target, job)) === 'unknown') return { exit: exit.unknown, outcome: 'unknown', attempts: [] };
  if (from !== undefined) {
    const strange = await target.strange(job, from);
    if (strange.length > 0) throw new UserError(strange, exit.error);
    await takeOver(target, session, job, from);
  }
  const found = await lookUp(target, job);
  if (found === 'unknown') return { exit: exit.unknown, outcome: 'unknown', attempts: [] };
  if (found.length === 0) throw nothing(input);
  record(input, session, job, found, plan);
  const before = session.state?.serial;
  await session.save();
  const outcome = session.state?.serial === before ? 'known' : 'adopted';
  return { exit: exit.done, outcome, attempts: found };
}

/** Safe to repeat after a crash at any point: what is linked already is the run's own, and is found by every command. */
export async function adopt(input: AdoptInput): Promise<AdoptResult> {
  const { manifest, run, from, target, desk, signal } = input;
  const what = `adopt ${run}`;
  const plan = hashOf({ do: what, stack: manifest.stack, from: from ?? null, at: desk.now() });
  const session = await Session.open(desk, target, { stack: manifest.stack, what, plan, signal });
  try {
    session.note({ kind: 'apply-begin', plan, serial: session.state?.serial ?? 0, what });
    const result = await adoptWith(input, session, plan);
    session.note({ kind: 'apply-end', plan, outcome: String(result.exit) });
    return result;
  } finally {
    session.close();
  }
}
