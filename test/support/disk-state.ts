/** What a stack's newest state on the disk says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { journalFiles } from '../../lib/state/journal-files.ts';
import { runsOf } from '../../lib/state/record.ts';
import type { State } from '../../lib/state/state.ts';

/** Of the states that are kept, the oldest first. */
export function serialsIn(folder: string): number[] {
  const serials = readdirSync(folder).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []);
  return serials.map(Number).sort((a, b) => a - b);
}

export function newestState(folder: string): State {
  const newest = serialsIn(folder).at(-1);
  return JSON.parse(readFileSync(join(folder, `${newest}.json`), 'utf8')) as State;
}

/** Tokens of all attempts that are recorded, sorted. */
export function recordedTokens(folder: string): string[] {
  const runs = newestState(folder).recorded.flatMap(runsOf);
  return runs.flatMap((run) => run.attempts.map(({ token }) => token)).sort();
}

/** Which of the processes of the system stands still. */
export function isStopped(pid: number): boolean {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).startsWith('T');
}

/** All lines of a stack's journal. */
export function journalText(folder: string): string {
  return journalFiles(folder)
    .map(({ path }) => readFileSync(path, 'utf8'))
    .join('');
}
