/**
 * The journal on the disk, `journal/<epoch>-<first>.jsonl`: each holder of the lock writes a file of its own, named by
 * its epoch and the number of its first line. So nothing is ever renamed, cut or written by two: a line that a holder
 * writes after it lost the lock stands in that holder's file, and its number shows that it came too late. To rotate is
 * to remove the files that no kept state needs.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { type JournalEntry, parseJournal, parseLine } from './journal-entry.ts';

export interface JournalFile {
  readonly path: string;
  readonly epoch: number;
  readonly first: number;
}

export interface JournalRead {
  /** All after the line that was asked for, and perhaps some before it. */
  readonly entries: readonly JournalEntry[];
  /** The highest number that was given out. */
  readonly last: number;
}

export const journalFolder = (state: string): string => join(state, 'journal');

export const journalPath = (state: string, epoch: number, first: number): string =>
  join(journalFolder(state), `${epoch}-${first}.jsonl`);

/** Until holders had files of their own, all wrote this one. It comes before theirs, and goes as they do. */
function sharedFile(state: string): JournalFile[] {
  const path = join(state, 'journal.jsonl');
  return existsSync(path) ? [{ path, epoch: 0, first: 1 }] : [];
}

/** By epoch. */
export function journalFiles(state: string): JournalFile[] {
  const folder = journalFolder(state);
  if (!existsSync(folder)) return sharedFile(state);
  const names = readdirSync(folder).flatMap((name) => {
    const [, epoch, first] = /^([1-9]\d*)-([1-9]\d*)\.jsonl$/.exec(name) ?? [];
    return first === undefined ? [] : [{ path: join(folder, name), epoch: Number(epoch), first: Number(first) }];
  });
  return [...sharedFile(state), ...names.sort((a, b) => a.epoch - b.epoch)];
}

/** Most often the lines after the state's are few; a file of a large apply is read whole only where it must be. */
const windowBytes = 1 << 18;

function readFrom(handle: number, start: number, size: number): Buffer {
  const buffer = Buffer.alloc(size - start);
  return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, start));
}

/** The text from a line at or before `after` on; where none is found, all of it. */
function tailFrom(handle: number, after: number): { readonly text: string; readonly whole: boolean } {
  const { size } = fstatSync(handle);
  for (let window = windowBytes; window < size && after > 0; window *= 4) {
    const bytes = readFrom(handle, size - window, size);
    const text = bytes.toString('utf8', bytes.indexOf(0x0a) + 1);
    const first = parseLine(text.slice(0, text.indexOf('\n')));
    if (first && first.seq <= after) return { text, whole: false };
  }
  return { text: readFrom(handle, 0, size).toString(), whole: true };
}

function entriesOf({ path }: JournalFile, after: number): readonly JournalEntry[] {
  const handle = openSync(path, 'r');
  try {
    const { text, whole } = tailFrom(handle, after);
    try {
      return parseJournal(text, path);
    } catch (caught) {
      if (whole || !(caught instanceof UserError)) throw caught;
      // Again from the beginning: which line it is, is told by its number in the file.
      return parseJournal(readFrom(handle, 0, fstatSync(handle).size).toString(), path);
    }
  } finally {
    closeSync(handle);
  }
}

/** `state`: the stack's folder; `after`: the last line that the state includes. Throws where what is needed is damaged. */
export function readJournal(state: string, after: number): JournalRead {
  const files = journalFiles(state);
  const entries: JournalEntry[] = [];
  for (const [index, file] of files.entries()) {
    const next = files[index + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (next <= after + 1) continue;
    // What is numbered like the next holder's lines was written after the lock was lost: its effects are looked up.
    for (const entry of entriesOf(file, after)) if (entry.seq < next) entries.push(entry);
  }
  const given = (files.at(-1)?.first ?? 1) - 1;
  return { entries, last: Math.max(given, entries.at(-1)?.seq ?? 0) };
}

/** Removes files whose lines are all in the oldest kept state, and so in all. `oldest`: that state's `journal`. */
export function pruneJournal(state: string, oldest: number): void {
  const files = journalFiles(state);
  for (const [index, file] of files.entries()) {
    const next = files[index + 1];
    if (next && next.first <= oldest + 1) rmSync(file.path, { force: true });
  }
}
