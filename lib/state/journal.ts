/**
 * What an apply is about to do and has done: one checksummed JSON line an event, on the disk before `append` returns.
 * A begin stands before every effect and an end after it, so a crash leaves at most the effects of open begins to look up.
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Sha, sha256 } from '../base/hash.ts';
import { canonical } from '../base/json.ts';
import { quote } from '../base/shell.ts';
import { fail } from '../errors.ts';
import type { Job } from '../manifest.ts';
import type { Provenance } from './attempt.ts';
import { syncFolder, writing } from './disk.ts';
import type { RestsOn } from './state.ts';

export interface StartBegin {
  readonly kind: 'begin';
  readonly effect: 'start';
  readonly address: string;
  readonly n: number;
  readonly token: Sha;
  /** The whole job: if the program has changed by the next command, it must still be found. */
  readonly job: Job;
  readonly artifacts: RestsOn;
  readonly provenance: Provenance;
}

export type JournalEvent =
  | { readonly kind: 'apply-begin'; readonly plan: Sha; readonly serial: number; readonly what: string }
  | { readonly kind: 'apply-end'; readonly plan: Sha; readonly outcome: string }
  | { readonly kind: 'begin'; readonly effect: 'build'; readonly address: string; readonly key: Sha }
  | {
      readonly kind: 'begin';
      readonly effect: 'stop' | 'remove';
      readonly address: string;
      readonly identity: Sha;
      readonly n?: number;
    }
  | StartBegin
  | {
      readonly kind: 'end';
      /** `seq` of the begin. */
      readonly of: number;
      readonly outcome: 'done' | 'failed' | 'unknown';
      readonly handle?: string;
      readonly message?: string;
    };

/** `time`: seconds since 1970, for people; nothing is decided by it. */
export type JournalEntry = JournalEvent & { readonly seq: number; readonly epoch: number; readonly time: number };

export interface JournalRead {
  readonly entries: readonly JournalEntry[];
  /** Bytes up to the end of the last whole line; what is behind it was torn by a crash. */
  readonly bytes: number;
}

const file = (folder: string) => join(folder, 'journal.jsonl');
const sumOf = (body: string) => sha256(body).slice(0, 16);

function lineOf(entry: JournalEntry): string {
  const body = canonical(entry);
  return `${body.slice(0, -1)},"sum":"${sumOf(body)}"}\n`;
}

function entryOf(line: string): JournalEntry | undefined {
  const cut = line.length - ',"sum":"0123456789abcdef"}'.length;
  const match = /^,"sum":"([0-9a-f]{16})"\}$/.exec(line.slice(Math.max(0, cut)));
  const body = `${line.slice(0, Math.max(0, cut))}}`;
  return match && sumOf(body) === match[1] ? (JSON.parse(body) as JournalEntry) : undefined;
}

function damaged(path: string, line: number, reason: string) {
  return fail(
    'state/journal-corrupt',
    `The journal ${path} is damaged in line ${line}: ${reason}. It was left as it is.`,
    `Move it away (mv ${quote(path)} ${quote(`${path}.bad`)}) and apply again: runs that it started are found again on the target.`,
    { where: { path: `${path}:${line}` } },
  );
}

/** The entries of a journal's text. Throws where a line that was whole once is so no longer. */
export function parseJournal(text: string, path: string): JournalRead {
  // Some file systems fill a file with zeros whose length, but not whose content, reached the disk before a crash.
  const end = text.replace(/\0+$/, '').lastIndexOf('\n') + 1;
  const lines = text.slice(0, end).split('\n').slice(0, -1);
  const entries: JournalEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = entryOf(line);
    if (!entry) throw damaged(path, index + 1, 'its bytes are not those of its sum');
    const last = entries.at(-1);
    // Written by a holder that had lost the lock a moment before: it counts for nothing, its effects are looked up.
    if (last && entry.epoch < last.epoch) continue;
    if (last && entry.seq !== last.seq + 1)
      throw damaged(path, index + 1, `number ${last.seq + 1} is missing before it`);
    entries.push(entry);
  }
  return { entries, bytes: Buffer.byteLength(text.slice(0, end)) };
}

export function readJournal(folder: string): JournalRead {
  const path = file(folder);
  if (!existsSync(path)) return { entries: [], bytes: 0 };
  return parseJournal(readFileSync(path, 'utf8'), path);
}

export interface JournalOptions {
  readonly epoch: number;
  /** Throws where the lock is no longer ours. */
  readonly fence: () => void;
  readonly now: () => number;
  /** Called before and after each line, numbered from 1: where a test ends the process. */
  readonly boundary?: (k: number) => void;
}

export class Journal {
  readonly #path: string;
  readonly #options: JournalOptions;
  #seq: number;
  #boundaries = 0;

  /** Discards a torn last line. `read`: what `readJournal` gave under this lock; `least`: the state's `journal`. */
  constructor(folder: string, read: JournalRead, least: number, options: JournalOptions) {
    this.#path = file(folder);
    this.#options = options;
    this.#seq = Math.max(read.entries.at(-1)?.seq ?? 0, least);
    options.fence();
    writing(this.#path, () => {
      mkdirSync(folder, { recursive: true });
      const created = !existsSync(this.#path);
      this.#open((handle) => ftruncateSync(handle, read.bytes));
      if (created) syncFolder(folder);
    });
  }

  get seq(): number {
    return this.#seq;
  }

  #open(act: (handle: number) => void): void {
    const handle = openSync(this.#path, 'a');
    try {
      act(handle);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }

  #boundary(): void {
    this.#options.boundary?.(++this.#boundaries);
  }

  /** Returns the entry's number, which an end names. */
  append(event: JournalEvent): number {
    this.#boundary();
    this.#options.fence();
    const entry = { ...event, seq: this.#seq + 1, epoch: this.#options.epoch, time: this.#options.now() };
    writing(this.#path, () => this.#open((handle) => writeSync(handle, lineOf(entry))));
    this.#seq += 1;
    this.#boundary();
    return entry.seq;
  }
}
