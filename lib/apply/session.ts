/** One command's turn at a stack's state: the lock taken, the journal open, what a crash left open recovered. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Sha } from '../base/hash.ts';
import { canonical } from '../base/json.ts';
import { pruneFiles } from '../state/applied-files.ts';
import { Journal } from '../state/journal.ts';
import type { JournalEvent } from '../state/journal-entry.ts';
import { pruneJournal } from '../state/journal-files.ts';
import type { ProcessId } from '../state/liveness.ts';
import { acquire, type Holder, type Lock } from '../state/lock.ts';
import { runsOf } from '../state/record.ts';
import type { Recorded, State } from '../state/state.ts';
import { stateFormat } from '../state/state.ts';
import { FileStore } from '../state/store.ts';
import type { Target } from '../targets/target.ts';
import { type Loaded, load } from './load.ts';

/** What every command that changes a state is handed by its caller. */
export interface Desk {
  /** `.sft/state` of the project. */
  readonly states: string;
  readonly tool: string;
  readonly me: Holder;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** How long to wait for another holder of the lock. */
  readonly lockSeconds?: number;
  readonly leaseSeconds?: number;
  readonly gone?: (process: ProcessId) => boolean;
  /** Seconds since the machine came up. */
  readonly up?: () => number;
  /** Called before and after each journal line: a test may kill the command there. */
  readonly boundary?: (k: number) => void;
}

/** A stack's own folder of states. */
export function stateFolder(states: string, stack: string): string {
  return join(states, stack);
}

export interface Turn {
  readonly stack: string;
  /** The command, as another one that waits for the lock is told. */
  readonly what: string;
  /** Every state names the plan that made it. A command without one gives the hash of what it does. */
  readonly plan: Sha;
  readonly signal?: AbortSignal;
}

/** Takes the lock of a stack; exit 4 where another command holds it. */
export function takeLock(desk: Desk, { stack, what, signal }: Omit<Turn, 'plan'>): Promise<Lock> {
  return acquire(stateFolder(desk.states, stack), desk.me, {
    what,
    now: desk.now,
    ...(desk.lockSeconds === undefined ? {} : { timeoutSeconds: desk.lockSeconds }),
    ...(desk.leaseSeconds === undefined ? {} : { leaseSeconds: desk.leaseSeconds }),
    ...(desk.gone ? { gone: desk.gone } : {}),
    ...(desk.up ? { up: desk.up } : {}),
    ...(signal ? { signal } : {}),
  });
}

type BeginEvent = Extract<JournalEvent, { kind: 'begin' }>;
type EndEvent = Omit<Extract<JournalEvent, { kind: 'end' }>, 'kind' | 'of'>;

export class Session {
  readonly loaded: Loaded;
  readonly #desk: Desk;
  readonly #turn: Turn;
  readonly #lock: Lock;
  readonly #store: FileStore;
  readonly #journal: Journal;
  readonly #openStarts = new Set<number>();
  #state: State | undefined;
  #closed = false;
  #followed: State | undefined;
  /**
   * Whether the journal tells of more than the state. What a command takes out again, as of a run that a crash had left
   * unrecorded, would else be found there by the next one.
   */
  #isBehind: boolean;
  /** Starts since the last state. */
  #unsaved = 0;
  /** Writes follow one another: each is made from the state before it. */
  #writes: Promise<void> = Promise.resolve();
  records: readonly Recorded[];

  private constructor(desk: Desk, turn: Turn, lock: Lock, loaded: Loaded) {
    const folder = stateFolder(desk.states, turn.stack);
    this.loaded = loaded;
    this.#desk = desk;
    this.#turn = turn;
    this.#lock = lock;
    this.#store = new FileStore(folder);
    this.#state = loaded.state;
    this.records = loaded.recovered.recorded;
    this.#isBehind = canonical(loaded.state?.recorded ?? []) !== canonical(this.records);
    this.#journal = new Journal(folder, Math.max(loaded.journal.last, loaded.state?.journal ?? 0), {
      epoch: lock.epoch,
      fence: () => this.fence(),
      now: desk.now,
      ...(desk.boundary ? { boundary: desk.boundary } : {}),
    });
  }

  /** Takes the lock (exit 4 where it is held), reads and recovers. */
  static async open(desk: Desk, target: Target, turn: Turn): Promise<Session> {
    const folder = stateFolder(desk.states, turn.stack);
    const lock = await takeLock(desk, turn);
    try {
      return new Session(desk, turn, lock, await load(folder, target));
    } catch (caught) {
      lock.release();
      throw caught;
    }
  }

  get folder(): string {
    return stateFolder(this.#desk.states, this.#turn.stack);
  }

  /** Files of runs that no kept state names any more. */
  pruneFiles(): void {
    const runs = this.records.flatMap(runsOf);
    const keys = new Set(runs.flatMap(({ artifacts }) => Object.values(artifacts)).map(({ key }) => key));
    pruneFiles(this.folder, keys, new FileStore(this.folder).paths());
  }

  get state(): State | undefined {
    return this.#state;
  }

  /** Throws where another holder has taken over, or where this turn has ended. Before every effect. */
  fence(): void {
    if (this.#closed) throw new Error('The session is closed.');
    this.#lock.check();
  }

  note(event: Extract<JournalEvent, { kind: 'apply-begin' | 'apply-end' }>): void {
    this.#journal.append(event);
  }

  begin(event: BeginEvent): number {
    const seq = this.#journal.append(event);
    if (event.effect === 'start') this.#openStarts.add(seq);
    return seq;
  }

  /** An end that is unknown leaves the start open for the next command. */
  end(of: number, end: EndEvent): void {
    this.#journal.append({ kind: 'end', of, ...end });
    if (end.outcome !== 'unknown') this.#openStarts.delete(of);
  }

  /** Takes over what another state of this stack records; the next serial follows both. */
  follow(other: State): void {
    this.#followed = other;
    this.records = other.recorded;
  }

  update(change: (records: readonly Recorded[]) => readonly Recorded[]): void {
    this.records = change(this.records);
  }

  #next(): State {
    const before = this.#state;
    const { plan, stack } = this.#turn;
    const serial = Math.max(before?.serial ?? 0, this.#followed?.serial ?? 0);
    const same = before?.writtenBy.plan === plan;
    const open = [...this.loaded.recovered.open, ...this.#openStarts].sort((a, b) => a - b);
    return {
      format: stateFormat,
      tool: this.#desk.tool,
      stack,
      lineage: before?.lineage ?? this.#followed?.lineage ?? randomUUID(),
      serial: serial + 1,
      epoch: this.#lock.epoch,
      writtenBy: { plan, since: same ? before.writtenBy.since : serial },
      journal: this.#journal.seq,
      ...(open.length > 0 ? { open } : {}),
      recorded: this.records,
    };
  }

  /** Writes the next serial where what is recorded has changed. */
  save(): Promise<void> {
    this.#unsaved = 0;
    const write = async () => {
      if (!this.#isBehind && canonical(this.#state?.recorded ?? []) === canonical(this.records)) return;
      const next = this.#next();
      await this.#store.write(next, () => this.fence());
      this.#state = next;
      this.#isBehind = false;
      pruneJournal(this.#store.folder, this.#store.oldestJournal());
    };
    this.#writes = this.#writes.then(write);
    return this.#writes;
  }

  /**
   * After a start. The journal holds it already, so not each start needs a state of its own: one is written when an
   * eighth of the runs is new in it. So all states of an apply together are some nine times as large as the last one,
   * where one a start would grow as the square of the runs.
   */
  async saveStart(): Promise<void> {
    this.#unsaved += 1;
    if (this.#unsaved * 8 >= this.records.length) await this.save();
  }

  /** Gives the lock back; nothing can be written after it. */
  close(): void {
    this.#closed = true;
    this.#lock.release();
  }
}
