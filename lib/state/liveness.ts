/** Whether the process that holds a lock still runs on this machine. */
import { existsSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Told apart from another process that got the same pid later. */
export interface ProcessId {
  readonly pid: number;
  /** When the kernel started it, in its own units; empty where the system does not say. */
  readonly start: string;
  /** Of the machine's current run: pids and start times begin anew with each. */
  readonly boot: string;
}

function bootId(): string {
  const path = '/proc/sys/kernel/random/boot_id';
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

/** Field 22 of /proc/<pid>/stat; the command's name before it may hold blanks and parentheses. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

export function processId(pid: number): ProcessId {
  return { pid, start: startOf(pid), boot: bootId() };
}

/** True only where that is certain: on a system without /proc a lease has to run out instead. */
export function isGone(process: ProcessId): boolean {
  if (process.start === '' || process.boot === '') return false;
  return process.boot !== bootId() || startOf(process.pid) !== process.start;
}

/** Seconds since the machine came up: it goes on evenly, also while the machine sleeps and when its clock is set. */
export const upSeconds = (): number => uptime();
