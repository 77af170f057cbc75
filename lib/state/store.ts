/**
 * States on the disk, `<serial>.json`, each written once: a second writer of a serial is refused by `link`, so that
 * there is no gap between the check and the write. The older files are the backups.
 */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../base/shell.ts';
import { exit, fail, type UserError } from '../errors.ts';
import { createWhole, temporaryName } from './disk.ts';
import { neededAfter, readState, type State, stateFormat, stateText } from './state.ts';

/** States kept, the newest included. */
export const kept = 10;

export interface Store {
  /** The newest state; undefined where there was never one. */
  read(): Promise<State | undefined>;
  /** Writes the next serial. `fence` throws where the lock is no longer ours. */
  write(state: State, fence: () => void): Promise<void>;
}

function conflict(serial: number): UserError {
  return fail(
    'state/conflict',
    `State ${serial} was written by another command in the meantime.`,
    'Plan again: what is there now may be what you want.',
    { exit: exit.stale },
  );
}

/** The head of a state is its first lines; what is recorded, which may be megabytes, comes after it. */
function journalOf(path: string): number | undefined {
  const handle = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(2048);
    const head = buffer.toString('utf8', 0, readSync(handle, buffer, 0, buffer.length, 0));
    const number = /^ {2}"journal": (\d+),$/m.exec(head)?.[1];
    const open = /^ {2}"open": \[([\d\s,]*)(\])?/m.exec(head);
    if (number === undefined || (open && !open[2])) return undefined;
    const lines = open?.[1] ? open[1].split(',').map(Number) : [];
    return neededAfter({ journal: Number(number), open: lines });
  } finally {
    closeSync(handle);
  }
}

/** A temporary file older than this has no writer any more. */
const abandonedMs = 60 * 60 * 1000;

export class FileStore implements Store {
  readonly folder: string;

  /** `folder`: the stack's own, `.sft/state/<stack>`. */
  constructor(folder: string) {
    this.folder = folder;
  }

  #path(serial: number): string {
    return join(this.folder, `${serial}.json`);
  }

  /** Serials that have a file, newest first. */
  serials(): number[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .flatMap((name) => /^([1-9]\d*)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  }

  /** Of all states that are kept. */
  paths(): string[] {
    return this.serials().map((serial) => this.#path(serial));
  }

  #good(serial: number): boolean {
    return readState(readFileSync(this.#path(serial), 'utf8')).kind === 'state';
  }

  #corrupt(serial: number, older: readonly number[], reason: string): UserError {
    const good = older.find((each) => this.#good(each));
    const path = this.#path(serial);
    const away = `mv ${quote(path)} ${quote(`${path}.bad`)}`;
    const fix =
      good === undefined
        ? `There is no older one that is whole. Move it away (${away}) and apply again: runs that are on the target are found and taken over.`
        : `The newest whole one is ${this.#path(good)}. To go on from it: ${away}. What happened since is found again on the target.`;
    return fail('state/corrupt', `The state ${path} is damaged: ${reason}. It was left as it is.`, fix, {
      where: { path },
    });
  }

  async read(): Promise<State | undefined> {
    const [newest, ...older] = this.serials();
    if (newest === undefined) return undefined;
    const read = readState(readFileSync(this.#path(newest), 'utf8'));
    if (read.kind === 'corrupt') throw this.#corrupt(newest, older, read.reason);
    if (read.kind === 'newer')
      throw fail(
        'state/newer',
        `The state ${this.#path(newest)} has format ${read.format}, written by cdksft ${read.tool}; this version reads up to ${stateFormat}.`,
        `Use cdksft ${read.tool} or newer.`,
      );
    if (read.state.serial !== newest)
      throw this.#corrupt(newest, older, `it says that it is number ${read.state.serial}`);
    return read.state;
  }

  /** Up to which line the oldest state that is kept includes the journal; 0 where that cannot be read. */
  oldestJournal(): number {
    const oldest = this.serials().at(-1);
    return oldest === undefined ? 0 : (journalOf(this.#path(oldest)) ?? 0);
  }

  async write(state: State, fence: () => void): Promise<void> {
    const text = stateText(state);
    fence();
    // A pruned serial's name is free again, so the link alone would let a writer that slept too long succeed.
    if ((this.serials()[0] ?? 0) >= state.serial) throw conflict(state.serial);
    fence();
    if (!createWhole(this.#path(state.serial), text)) throw conflict(state.serial);
    this.#prune(state.serial);
  }

  #prune(newest: number): void {
    for (const serial of this.serials()) if (serial <= newest - kept) rmSync(this.#path(serial), { force: true });
    for (const name of readdirSync(this.folder).filter((each) => temporaryName.test(each))) {
      const path = join(this.folder, name);
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > abandonedMs) rmSync(path, { force: true });
    }
  }
}
