/** What attempts of a run the workspace holds, and how each stands. */
import { join } from 'node:path';
import { isObject } from '../../base/json.ts';
import { printable } from '../../base/printable.ts';
import { tokenOf } from '../../base/token.ts';
import type { Job } from '../../manifest.ts';
import { isCommit } from '../../pins/lock-file.ts';
import { readsHub } from '../../plan/actual.ts';
import { lastLines, namesIn, objectIn, statIf } from '../look.ts';
import type { Found, Revisions } from '../target.ts';
import { isRecord, lives, type ProcessRecord } from './liveness.ts';
import { isResultAltered, newestCheckpoint } from './outputs.ts';
import type { Workspace } from './workspace.ts';

/** A supervisor writes claim.json right after its folder, and a sample every few seconds. */
const claimingMs = 10_000;
const heartbeatMs = 60_000;
const silentMs = 300_000;

/** The look-up gave no answer; whoever asks must not take that for "none". */
export class UnknownAttempt extends Error {
  override readonly name = 'UnknownAttempt';
}

export function handleOf({ pid, pid_start, host }: ProcessRecord): string {
  return `${pid}:${pid_start}@${host}`;
}

/** Attempts that were ever claimed, in order. */
export function attemptNumbers(run: string): number[] {
  return namesIn(join(run, 'attempts'))
    .filter((name) => /^[1-9]\d{0,8}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function ageMs(path: string): number {
  const found = statIf(path);
  return found === undefined ? Number.POSITIVE_INFINITY : Date.now() - found.mtimeMs;
}

/**
 * Another host's process cannot be looked up, as when two machines share a workspace, or a container came up anew.
 * Its samples are its heartbeat: fresh ones say that it runs, minutes of silence that it does not.
 */
function byHeartbeat(folder: string): 'running' | 'lost' {
  const age = Math.min(ageMs(join(folder, 'events.jsonl')), ageMs(join(folder, 'claim.json')));
  if (age < heartbeatMs) return 'running';
  if (age > silentMs) return 'lost';
  throw new UnknownAttempt('it was started on another host and has been silent for a minute; look again in five');
}

interface Claim {
  readonly claim?: ProcessRecord;
  readonly token?: string;
  readonly byHand?: true;
}

function claimOf(folder: string): Claim {
  const claim = objectIn(join(folder, 'claim.json'));
  if (!isRecord(claim)) return {};
  const { token, provenance } = claim as unknown as { token?: unknown; provenance?: unknown };
  // An apply names its plan to every attempt, and the supervisor to those that it retries with.
  const byHand = !isObject(provenance) || typeof provenance.plan !== 'string';
  return { claim, ...(typeof token === 'string' ? { token } : {}), ...(byHand ? { byHand } : {}) };
}

/** Whether the attempt's supervisor still runs, and its claim. */
export async function supervisorOf(folder: string): Promise<Claim & { state: 'running' | 'lost' }> {
  const claimed = claimOf(folder);
  // Also a folder from the future is an old one: the clock was set back since.
  if (!claimed.claim) return { state: Math.abs(ageMs(folder)) < claimingMs ? 'running' : 'lost' };
  const alive = await lives(claimed.claim);
  return { ...claimed, state: alive === undefined ? byHeartbeat(folder) : alive ? 'running' : 'lost' };
}

const tailBytes = 65_536;

/** The step of the newest event of a kind in the end of an event file; a line that a kill tore is passed over. */
function lastOf(kind: 'step' | 'checkpoint', folder: string): number {
  for (const line of lastLines(join(folder, 'events.jsonl'), tailBytes).reverse()) {
    const event = line.includes(`"${kind}"`) ? tryParse(line) : undefined;
    if (event?.kind === kind && typeof event.step === 'number') return event.step;
  }
  return 0;
}

const lastStep = (folder: string) => lastOf('step', folder);

function tryParse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The commits that the trainer read, which it writes down once the model is loaded. */
function revisionsOf(folder: string, job: Job): { revisions?: Revisions } {
  const told = readsHub(job) ? objectIn(join(folder, 'revisions.json')) : undefined;
  const known = Object.entries(told ?? {}).filter(([part, commit]) => /^(model|data)$/.test(part) && isCommit(commit));
  return known.length === 0 ? {} : { revisions: Object.fromEntries(known) };
}

type Supervisor = Awaited<ReturnType<typeof supervisorOf>>;

async function foundAttempt(
  workspace: Workspace,
  stack: string,
  job: Job,
  n: number,
): Promise<Omit<Found, 'checkpoint'>> {
  const folder = workspace.attempt(job, n);
  const ended = join(folder, 'end.json');
  // Of one that has ended nobody asks whether it lives. One that ends while it is looked up has left its end after that.
  const before = objectIn(ended);
  const supervisor: Supervisor = before ? { ...claimOf(folder), state: 'lost' } : await supervisorOf(folder);
  const end = before ?? objectIn(ended);
  const base = {
    n,
    token: supervisor.token ?? tokenOf(workspace.root, stack, job, n),
    handle: supervisor.claim ? handleOf(supervisor.claim) : '',
    ...(supervisor.byHand ? { byHand: supervisor.byHand } : {}),
    ...revisionsOf(folder, job),
  };
  if (!end) return { ...base, state: supervisor.state, step: lastStep(folder) };
  return {
    ...base,
    state: 'ended',
    cause: String(end.cause),
    ...(typeof end.message === 'string' ? { message: printable(end.message) } : {}),
    step: typeof end.step === 'number' ? end.step : lastStep(folder),
  };
}

/** The checkpoint that the newest attempt which told of one wrote last; it is the last that is ever removed. */
function lastTold(workspace: Workspace, job: Job, found: readonly { readonly n: number }[]): number {
  for (const { n } of found.toReversed()) {
    const step = lastOf('checkpoint', workspace.attempt(job, n));
    if (step > 0) return step;
  }
  return 0;
}

/** All attempts of a job, oldest first. Throws where the look-up itself fails. */
export async function attemptsOf(workspace: Workspace, stack: string, job: Job): Promise<Found[]> {
  const run = workspace.run(job);
  const found: Omit<Found, 'checkpoint'>[] = [];
  for (const n of attemptNumbers(run)) found.push(await foundAttempt(workspace, stack, job, n));
  if (found.length === 0) return [];
  const { step: checkpoint = 0, written } = newestCheckpoint(run) ?? {};
  const isDone = found.some(({ cause }) => cause === 'done');
  // Of a run that is done nobody needs a checkpoint, of another one nobody has a result.
  const told = isDone ? 0 : lastTold(workspace, job, found);
  const more = {
    ...(written ? { written } : {}),
    ...(told > checkpoint ? { missing: told } : {}),
    ...(isDone && isResultAltered(run) ? { altered: true as const } : {}),
  };
  return found.map((each) => ({ ...each, checkpoint, ...more }));
}
