/** What attempts of a run the workspace holds, and how each stands. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../base/json.ts';
import { printable } from '../../base/printable.ts';
import { tokenOf } from '../../base/token.ts';
import type { Job } from '../../manifest.ts';
import { orAbsent, readObject } from '../files.ts';
import type { Found } from '../target.ts';
import { isRecord, lives, type ProcessRecord } from './liveness.ts';
import { checkpointsOf } from './outputs.ts';
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

export async function attemptNumbers(run: string): Promise<number[]> {
  const names = (await orAbsent(readdir(join(run, 'attempts')))) ?? [];
  return names
    .filter((name) => /^[1-9]\d{0,8}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function ageMs(path: string): Promise<number> {
  const found = await orAbsent(stat(path));
  return found === undefined ? Number.POSITIVE_INFINITY : Date.now() - found.mtimeMs;
}

/**
 * Another host's process cannot be looked up, as when two machines share a workspace, or a container came up anew.
 * Its samples are its heartbeat: fresh ones say that it runs, minutes of silence that it does not.
 */
async function byHeartbeat(folder: string): Promise<'running' | 'lost'> {
  const age = Math.min(await ageMs(join(folder, 'events.jsonl')), await ageMs(join(folder, 'claim.json')));
  if (age < heartbeatMs) return 'running';
  if (age > silentMs) return 'lost';
  throw new UnknownAttempt('it was started on another host and has been silent for a minute; look again in five');
}

/** Whether the attempt's supervisor still runs, and its claim. */
export async function supervisorOf(
  folder: string,
): Promise<{ state: 'running' | 'lost'; claim?: ProcessRecord; token?: string }> {
  const claim = await readObject(join(folder, 'claim.json'));
  if (!isRecord(claim)) return { state: (await ageMs(folder)) < claimingMs ? 'running' : 'lost' };
  const alive = await lives(claim);
  const state = alive === undefined ? await byHeartbeat(folder) : alive ? 'running' : 'lost';
  const token = (claim as unknown as { token?: unknown }).token;
  return { state, claim, ...(typeof token === 'string' ? { token } : {}) };
}

const tailBytes = 65_536;

/** The newest step in the end of an event file; a line that a kill tore is passed over. */
async function lastStep(folder: string): Promise<number> {
  const handle = await orAbsent(open(join(folder, 'events.jsonl')));
  if (!handle) return 0;
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    for (const line of buffer.toString('utf8', 0, bytesRead).split('\n').reverse()) {
      const event = line.includes('"step"') ? tryParse(line) : undefined;
      if (event?.kind === 'step' && typeof event.step === 'number') return event.step;
    }
    return 0;
  } finally {
    await handle.close();
  }
}

function tryParse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function foundAttempt(workspace: Workspace, stack: string, job: Job, n: number): Promise<Found> {
  const folder = workspace.attempt(job, n);
  const supervisor = await supervisorOf(folder);
  // Read after the supervisor was looked up: one that ended in between has left its end.
  const end = await readObject(join(folder, 'end.json'));
  const [newest] = (await checkpointsOf(workspace.run(job))).slice(-1);
  const base = {
    n,
    token: supervisor.token ?? tokenOf(workspace.root, stack, job, n),
    handle: supervisor.claim ? handleOf(supervisor.claim) : '',
    checkpoint: newest?.step ?? 0,
  };
  if (!end) return { ...base, state: supervisor.state, step: await lastStep(folder) };
  return {
    ...base,
    state: 'ended',
    cause: String(end.cause),
    ...(typeof end.message === 'string' ? { message: printable(end.message) } : {}),
    step: typeof end.step === 'number' ? end.step : await lastStep(folder),
  };
}

/** All attempts of a job, oldest first. Throws where the look-up itself fails. */
export async function attemptsOf(workspace: Workspace, stack: string, job: Job): Promise<Found[]> {
  const numbers = await attemptNumbers(workspace.run(job));
  return Promise.all(numbers.map((n) => foundAttempt(workspace, stack, job, n)));
}
