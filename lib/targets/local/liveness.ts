/**
 * Whether the process that made a record still runs. A pid alone may belong to another process by now, so a record
 * holds the process's start time and the kernel's boot id too. Kept equal to trainer/cdksft_trainer/claim.py.
 */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { execa } from 'execa';
import { orAbsent } from '../files.ts';

export interface ProcessRecord {
  readonly pid: number;
  readonly pid_start: number | string;
  readonly host: string;
  readonly boot_id: string;
}

/** Fields of a /proc stat line from the state on: the command's name before them may hold blanks and parentheses. */
function statFields(text: string): string[] {
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

async function startOf(pid: number): Promise<number | string | undefined> {
  if ((await orAbsent(readFile('/proc/self/stat'))) !== undefined) {
    // A process may end between open and read: that is ESRCH, and the same answer.
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    const fields = text === undefined ? [] : statFields(text);
    return fields.length === 0 || fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
  }
  const shown = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { LC_ALL: 'C', TZ: 'UTC' },
    reject: false,
  });
  return shown.stdout.trim().split(/\s+/).join('_') || undefined;
}

async function bootId(): Promise<string> {
  return (await orAbsent(readFile('/proc/sys/kernel/random/boot_id', 'utf8')))?.trim() ?? '';
}

/** This process, for others to look up. */
export async function ownRecord(): Promise<ProcessRecord> {
  const stat = await orAbsent(readFile('/proc/self/stat', 'utf8'));
  const pid = Number(stat?.split(' ')[0] ?? (await execa('sh', ['-c', 'echo "$PPID"'])).stdout);
  return { pid, pid_start: (await startOf(pid)) ?? 0, host: hostname(), boot_id: await bootId() };
}

export function isRecord(value: unknown): value is ProcessRecord {
  const record = value as Partial<ProcessRecord> | undefined;
  return (
    Number.isSafeInteger(record?.pid) &&
    Number(record?.pid) > 0 &&
    (typeof record?.pid_start === 'number' || typeof record?.pid_start === 'string') &&
    typeof record?.host === 'string' &&
    typeof record?.boot_id === 'string'
  );
}

/** Of this host; a pid alone may be another process's by now. */
export async function hasProcess(pid: number): Promise<boolean> {
  return (await startOf(pid)) !== undefined;
}

/** Undefined where another host made the record: from here nobody can say. */
export async function lives(record: ProcessRecord): Promise<boolean | undefined> {
  if (record.host !== hostname()) return undefined;
  if (record.boot_id !== (await bootId())) return false;
  return (await startOf(record.pid)) === record.pid_start;
}
