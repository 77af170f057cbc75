/**
 * What was found out of files, and counts for as long as each is the same by size, inode, and the times of its last change:
 * a file of many gigabytes is not read again to know that it is what it was.
 */
import { type BigIntStats, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isObject } from '../base/json.ts';

/** What a file is told by. The time of change (ctime) no program sets: a restored mtime is seen by it. */
const markOf = (files: readonly BigIntStats[]) =>
  files.map(({ size, mtimeNs, ctimeNs }) => `${size} ${mtimeNs} ${ctimeNs}`).join(', ');
const nameOf = (files: readonly BigIntStats[]) => files.map(({ dev, ino }) => `${dev}:${ino}`).join(' ');

/**
 * Clocks of file systems have steps, of two seconds at most (FAT): a file that was changed within one may be changed
 * again without a trace. So nothing is kept of a file that is younger than that, or from the future.
 */
const settledMs = 2000n;

const isSettled =
  (now: number) =>
  ({ mtimeMs, ctimeMs }: BigIntStats): boolean => {
    const age = BigInt(Math.floor(now)) - (mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
    return age > settledMs;
  };

interface Kept<T> {
  readonly mark: string;
  readonly value: T;
}

/** As many files are kept; those that were asked for last. */
const mostKept = 1000;
const format = 2;

/** Files as they were before they were read. */
export interface Seen {
  readonly stats: readonly BigIntStats[];
  readonly at: number;
}

export interface KnownOptions<T> {
  /** What was kept by another version, or is broken, is no value. */
  readonly isValue: (value: unknown) => value is T;
  readonly now?: () => number;
}

export class KnownFiles<T> {
  readonly #path: string | undefined;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #now: () => number;
  #isNew = false;

  /** `path`: of the file that keeps them; without one nothing is kept. */
  constructor(path: string | undefined, { isValue, now = Date.now }: KnownOptions<T>) {
    this.#path = path;
    this.#now = now;
    if (path !== undefined) this.#read(path, isValue);
  }

  #read(path: string, isValue: KnownOptions<T>['isValue']): void {
    try {
      const all: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (!isObject(all) || all.format !== format || !isObject(all.files)) return;
      for (const [name, one] of Object.entries(all.files))
        if (isObject(one) && typeof one.mark === 'string' && isValue(one.value))
          this.#kept.set(name, { mark: one.mark, value: one.value });
    } catch {
      // None yet, or it is broken: it is written anew.
    }
  }

  seen(stats: readonly BigIntStats[]): Seen {
    return { stats, at: this.#now() };
  }

  /** `what`: which of the things that can be said of it. */
  of({ stats }: Seen, what = ''): T | undefined {
    const name = `${nameOf(stats)} ${what}`;
    const kept = this.#kept.get(name);
    if (kept?.mark !== markOf(stats)) return undefined;
    // To the end, so that the first ones are those that nobody asks for.
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.value;
  }

  /** `now`: as it is behind the reading. What changed meanwhile is not kept. */
  keep({ stats, at }: Seen, now: readonly BigIntStats[], value: T, what = ''): void {
    const stands = nameOf(stats) === nameOf(now) && markOf(stats) === markOf(now);
    if (!stands || !stats.every(isSettled(at))) return;
    const name = `${nameOf(stats)} ${what}`;
    this.#kept.delete(name);
    this.#kept.set(name, { mark: markOf(stats), value });
    this.#isNew = true;
  }

  /** Writes beside and renames. Where it cannot be written, the next one reads again: that is all. */
  save(): void {
    if (this.#path === undefined || !this.#isNew) return;
    const files = Object.fromEntries([...this.#kept].slice(-mostKept));
    const beside = `${this.#path}.${this.#now()}.${Math.random().toString(36).slice(2)}.tmp`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      written(beside, `${JSON.stringify({ format, files })}\n`, this.#path);
    } catch {
      // As if there were no project.
    }
  }
}

function written(beside: string, text: string, path: string): void {
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}
