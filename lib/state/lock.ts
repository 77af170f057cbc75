/**
 * One holder at a time changes a stack's state. Each holder has its own file, `lock/<epoch>.json`, made by `link`: to
 * take the lock is to create the next epoch's file, which one process alone can, also when several see a dead holder.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject } from '../base/json.ts';
import { exit, fail, type UserError } from '../errors.ts';
import { codeOf, createWhole, replaceWhole } from './disk.ts';
import { isGone, type ProcessId, upSeconds } from './liveness.ts';

/** Who takes a lock. */
export interface Holder extends ProcessId {
  readonly who: string;
  readonly host: string;
}

export interface LockRecord extends Holder {
  readonly id: string;
  /** The command. */
  readonly what: string;
  /** Seconds since 1970. */
  readonly since: number;
  readonly expires: number;
  /** As `expires`, in seconds since the machine came up: a clock may be set, this one goes on evenly. */
  readonly expiresUp?: number;
  /** Seconds that each renewal gives. */
  readonly lease?: number;
  readonly epoch: number;
  readonly released?: true;
}

export interface LockOptions {
  readonly what: string;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** How long to wait for another holder; 0 fails at once. */
  readonly timeoutSeconds?: number;
  readonly leaseSeconds?: number;
  readonly signal?: AbortSignal;
  readonly gone?: (process: ProcessId) => boolean;
  /** Seconds since the machine came up. */
  readonly up?: () => number;
}

const lease = 60;
const pollMs = 200;

function epochs(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => /^([1-9]\d*)\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/** The newest holder's record; undefined where there was never one, or another just took its place. */
export function readLock(state: string): LockRecord | undefined {
  const folder = join(state, 'lock');
  const [newest] = epochs(folder);
  if (newest === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, `${newest}.json`), 'utf8'));
    return isObject(value) ? (value as unknown as LockRecord) : undefined;
  } catch (caught) {
    if (codeOf(caught) === 'ENOENT' || caught instanceof SyntaxError) return undefined;
    throw caught;
  }
}

const moment = (seconds: number) => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

function locked(state: string, held: LockRecord): UserError {
  const by = `${held.who} on ${held.host} (process ${held.pid}, ${held.what})`;
  return fail(
    'state/locked',
    `${state} is locked by ${by} since ${moment(held.since)}, until ${moment(held.expires)} at least. Lock ${held.id}.`,
    `Wait until it has ended, as --lock-timeout 600 does. A lock whose holder is gone runs out by itself; else: sft unlock ${held.id}`,
    { exit: exit.locked },
  );
}

type Term = Pick<LockRecord, 'expires' | 'expiresUp' | 'lease'>;

function termFrom({ now, up = upSeconds, leaseSeconds = lease }: LockOptions): Required<Term> {
  return { expires: now() + leaseSeconds, expiresUp: up() + leaseSeconds, lease: leaseSeconds };
}

/** Between machines there are only their clocks. */
function hasRunOut(held: LockRecord, me: ProcessId, { now, up = upSeconds }: LockOptions): boolean {
  const sameMachine = held.boot !== '' && held.boot === me.boot;
  return sameMachine && held.expiresUp !== undefined ? held.expiresUp <= up() : held.expires <= now();
}

/** hidepid hides the processes of other users, so only one's own are known to be gone. */
function isFree(held: LockRecord, me: Holder, options: LockOptions): boolean {
  if (held.released || hasRunOut(held, me, options)) return true;
  return held.host === me.host && held.who === me.who && (options.gone ?? isGone)(held);
}

/**
 * Watches a lock that it waits for. One that is not renewed for twice its lease has no holder any more, whatever its
 * date says: a clock that was a day ahead when it was taken would hold it for a day.
 */
class Watch {
  #term = '';
  #since = 0;

  /** Whether this record is to be taken as run out. */
  isStale(held: LockRecord): boolean {
    const term = `${held.id} ${held.expires} ${held.expiresUp}`;
    const now = performance.now();
    if (term !== this.#term) [this.#term, this.#since] = [term, now];
    return now - this.#since > 2000 * (held.lease ?? lease);
  }
}

export class Lock {
  readonly #folder: string;
  #record: LockRecord;
  readonly #options: LockOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, record: LockRecord, options: LockOptions) {
    this.#folder = folder;
    this.#record = record;
    this.#options = options;
    const every = ((options.leaseSeconds ?? lease) * 1000) / 3;
    this.#timer = setInterval(() => this.#renewQuietly(), every);
    this.#timer.unref();
  }

  get epoch(): number {
    return this.#record.epoch;
  }

  get id(): string {
    return this.#record.id;
  }

  #isOurs(): boolean {
    return !this.#record.released && epochs(this.#folder)[0] === this.#record.epoch;
  }

  #write(record: LockRecord): void {
    this.#record = record;
    replaceWhole(join(this.#folder, `${record.epoch}.json`), `${JSON.stringify(record, null, 2)}\n`);
  }

  #renew(): void {
    this.#write({ ...this.#record, ...termFrom(this.#options) });
  }

  /** A timer has nobody to tell: what went wrong shows in the next `check`. */
  #renewQuietly(): void {
    try {
      if (this.#isOurs()) this.#renew();
    } catch {
      clearInterval(this.#timer);
    }
  }

  /** Throws where another holder has taken over. Before every write and every effect. */
  check(): void {
    // Renew first where the lease ran out, so that nobody who looks after our check finds it free.
    if (this.#isOurs() && hasRunOut(this.#record, this.#record, this.#options)) this.#renew();
    if (this.#isOurs()) return;
    throw fail(
      'state/lock-lost',
      'This command was stopped for so long that another one took its lock. It has stopped; nothing more was changed.',
      'Look at sft status, then apply again.',
      { exit: exit.locked },
    );
  }

  release(): void {
    clearInterval(this.#timer);
    if (this.#isOurs()) this.#write({ ...this.#record, released: true });
  }
}

function tryAcquire(state: string, me: Holder, options: LockOptions, watch: Watch): Lock | LockRecord | undefined {
  const folder = join(state, 'lock');
  const newest = epochs(folder)[0] ?? 0;
  const held = readLock(state);
  if (held && !isFree(held, me, options) && !watch.isStale(held)) return held;
  const since = options.now();
  const epoch = newest + 1;
  const { who, host, pid, start, boot } = me;
  const { what } = options;
  const record = { id: randomUUID(), who, host, pid, start, boot, what, since, ...termFrom(options), epoch };
  if (!createWhole(join(folder, `${epoch}.json`), `${JSON.stringify(record, null, 2)}\n`)) return undefined;
  // The name may have been free because a later holder had pruned it.
  if (epochs(folder)[0] !== epoch) {
    rmSync(join(folder, `${epoch}.json`), { force: true });
    return undefined;
  }
  for (const old of epochs(folder)) if (old < epoch) rmSync(join(folder, `${old}.json`), { force: true });
  return new Lock(folder, record, options);
}

/** Takes the lock of a stack's state folder; exit 4 where another holds it longer than the time-out. */
export async function acquire(state: string, me: Holder, options: LockOptions): Promise<Lock> {
  const patience = performance.now() + (options.timeoutSeconds ?? 0) * 1000;
  const watch = new Watch();
  for (;;) {
    const got = tryAcquire(state, me, options, watch);
    if (got instanceof Lock) return got;
    if (got && performance.now() >= patience) throw locked(state, got);
    // Without a record another process was faster just now: look again at once.
    if (got) await sleep(pollMs, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/**
 * Takes the lock from its holder and gives it back at once: the holder, if it lives, stops at its next write or effect.
 * False where that lock is held no more.
 */
export function breakLock(state: string, id: string, me: Holder, now: number): boolean {
  const held = readLock(state);
  if (!held || held.released || held.id !== id) return false;
  const folder = join(state, 'lock');
  const { who, host, pid, start, boot } = me;
  const by = { id: randomUUID(), who, host, pid, start, boot, what: `unlock ${id}`, since: now, expires: now };
  const record = { ...by, epoch: held.epoch + 1, released: true };
  if (!createWhole(join(folder, `${record.epoch}.json`), `${JSON.stringify(record, null, 2)}\n`)) return false;
  rmSync(join(folder, `${held.epoch}.json`), { force: true });
  return true;
}
