/**
 * What an apply is about to do and has done: one checksummed JSON line an event, on the disk before `append` returns.
 * A begin stands before every effect and an end after it, so a crash leaves at most the effects of open begins to look up.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder, writing } from './disk.ts';
import { type JournalEvent, lineOf } from './journal-entry.ts';
import { journalPath } from './journal-files.ts';

export interface JournalOptions {
  readonly epoch: number;
  /** Throws where the lock is no longer ours. */
  readonly fence: () => void;
  readonly now: () => number;
  /** Called before and after each line, numbered from 1: where a test ends the process. */
  readonly boundary?: (k: number) => void;
}

/** The lines of one holder of the lock. Its file is made with the first one. */
export class Journal {
  readonly #path: string;
  readonly #options: JournalOptions;
  #seq: number;
  #created = false;
  #boundaries = 0;

  /** `state`: the stack's folder; `last`: the highest number that was given out under this lock and before. */
  constructor(state: string, last: number, options: JournalOptions) {
    this.#path = journalPath(state, options.epoch, last + 1);
    this.#options = options;
    this.#seq = last;
  }

  get seq(): number {
    return this.#seq;
  }

  #write(line: string): void {
    const folder = dirname(this.#path);
    if (!this.#created) mkdirSync(folder, { recursive: true });
    const handle = openSync(this.#path, 'a');
    const { size } = fstatSync(handle);
    try {
      writeFileSync(handle, line);
      fsyncSync(handle);
    } catch (caught) {
      // Half a line on a full disk: the next one must not stand behind it.
      ftruncateSync(handle, size);
      throw caught;
    } finally {
      closeSync(handle);
    }
    if (this.#created) return;
    syncFolder(dirname(folder));
    syncFolder(folder);
    this.#created = true;
  }

  #boundary(): void {
    this.#options.boundary?.(++this.#boundaries);
  }

  /** Returns the entry's number, which an end names. */
  append(event: JournalEvent): number {
    this.#boundary();
    this.#options.fence();
    const entry = { ...event, seq: this.#seq + 1, epoch: this.#options.epoch, time: this.#options.now() };
    writing(this.#path, () => this.#write(lineOf(entry)));
    this.#seq += 1;
    this.#boundary();
    return entry.seq;
  }
}
