/** One event of a journal as a checksummed JSON line, written and read back. */
import { type Sha, sha256 } from '../base/hash.ts';
import { canonical } from '../base/json.ts';
import { quote } from '../base/shell.ts';
import { fail } from '../errors.ts';
import type { Job } from '../manifest.ts';
import type { Found, Provenance } from './attempt.ts';
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
  | {
      readonly kind: 'begin';
      readonly effect: 'adopt';
      readonly address: string;
      readonly identity: Sha;
      /** The folder that becomes the run's own. */
      readonly from: string;
    }
  | StartBegin
  | {
      readonly kind: 'end';
      /** `seq` of the begin. */
      readonly of: number;
      readonly outcome: 'done' | 'failed' | 'unknown';
      readonly handle?: string;
      /** Attempts of the run that the target showed before the start: a recovery is to know as much as the apply did. */
      readonly found?: readonly Found[];
      readonly message?: string;
    };

/** `time`: seconds since 1970, for people; nothing is decided by it. */
export type JournalEntry = JournalEvent & { readonly seq: number; readonly epoch: number; readonly time: number };

const sumOf = (body: string) => sha256(body).slice(0, 16);

export function lineOf(entry: JournalEntry): string {
  const body = canonical(entry);
  return `${body.slice(0, -1)},"sum":"${sumOf(body)}"}\n`;
}

/** Undefined where the bytes are not those of the sum. */
export function parseLine(line: string): JournalEntry | undefined {
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

/** The entries of a journal file's text, without an end that a crash tore. Throws where a line is damaged. */
export function parseJournal(text: string, path: string): JournalEntry[] {
  // Some file systems fill a file with zeros whose length, but not whose content, reached the disk before a crash.
  const end = text.replace(/\0+$/, '').lastIndexOf('\n') + 1;
  const lines = text.slice(0, end).split('\n').slice(0, -1);
  const entries: JournalEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line);
    if (!entry) throw damaged(path, index + 1, 'its bytes are not those of its sum');
    const last = entries.at(-1);
    if (last && entry.seq !== last.seq + 1)
      throw damaged(path, index + 1, `number ${last.seq + 1} is missing before it`);
    entries.push(entry);
  }
  return entries;
}
