/**
 * The hash of files of any size. One that was taken is kept, and counts for as long as the file is the same by size,
 * inode, and the times of its last change: a file of many gigabytes is not read again to know that it is what it was.
 */
import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  createReadStream,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sha } from '../base/hash.ts';
import { isObject } from '../base/json.ts';

/** What a file is told by. The time of change (ctime) no program sets: a restored mtime is seen by it. */
const markOf = ({ size, mtimeNs, ctimeNs }: BigIntStats) => `${size} ${mtimeNs} ${ctimeNs}`;
const nameOf = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

/**
 * Clocks of file systems have steps, of two seconds at most (FAT): a file that was changed within one may be changed
 * again without a trace. So no file is kept that is younger than that, or from the future.
 */
const settledMs = 2000n;

function isSettled({ mtimeMs, ctimeMs }: BigIntStats, now: number): boolean {
  const age = BigInt(Math.floor(now)) - (mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
  return age > settledMs;
}

interface Kept {
  readonly mark: string;
  readonly sha256: Sha;
}

/** As many files are kept; those that were asked for last. */
const mostKept = 1000;
const format = 1;

function keptIn(path: string): Map<string, Kept> {
  const kept = new Map<string, Kept>();
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isObject(value) || value.format !== format || !isObject(value.files)) return kept;
    for (const [name, one] of Object.entries(value.files))
      if (isObject(one) && typeof one.mark === 'string' && /^[0-9a-f]{64}$/.test(String(one.sha256)))
        kept.set(name, { mark: one.mark, sha256: String(one.sha256) });
  } catch {
    // None yet, or it is broken: it is written anew.
  }
  return kept;
}

async function taken(path: string, signal: AbortSignal | undefined): Promise<Sha> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 2 ** 20, ...(signal ? { signal } : {}) });
  for await (const piece of stream) hash.update(piece as Buffer);
  return hash.digest('hex');
}

function written(beside: string, text: string, path: string): void {
  try {
    writeFileSync(beside, text, { flag: 'wx' });
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}

export class FileHashes {
  readonly #path: string | undefined;
  readonly #kept: Map<string, Kept>;
  readonly #now: () => number;
  #isNew = false;

  /** `path`: of the file that keeps them; without one nothing is kept. */
  constructor(path?: string, now: () => number = Date.now) {
    this.#path = path;
    this.#kept = path === undefined ? new Map() : keptIn(path);
    this.#now = now;
  }

  /** Of its bytes as they lie there. `path` is absolute. Throws what the system does, and the signal's reason. */
  async of(path: string, signal?: AbortSignal): Promise<Sha> {
    const before = await stat(path, { bigint: true });
    const began = this.#now();
    const known = this.#kept.get(nameOf(before));
    if (known?.mark === markOf(before)) return this.#keep(before, known);
    const sha256 = await taken(path, signal);
    const after = await stat(path, { bigint: true });
    const stands = nameOf(before) === nameOf(after) && markOf(before) === markOf(after);
    if (stands && isSettled(before, began)) {
      this.#isNew = true;
      this.#keep(before, { mark: markOf(before), sha256 });
    }
    return sha256;
  }

  #keep(file: BigIntStats, kept: Kept): Sha {
    const name = nameOf(file);
    // To the end, so that the first ones are those that nobody asks for.
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.sha256;
  }

  /** Writes beside and renames. Where it cannot be written, the next one hashes again: that is all. */
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
