/** The hash of files of any size; one that was taken is kept (known-files.ts). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Sha } from '../base/hash.ts';
import { KnownFiles } from './known-files.ts';

const isSha = (value: unknown): value is Sha => /^[0-9a-f]{64}$/.test(String(value));

async function taken(path: string, signal: AbortSignal | undefined): Promise<Sha> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 2 ** 20, ...(signal ? { signal } : {}) });
  for await (const piece of stream) hash.update(piece as Buffer);
  return hash.digest('hex');
}

export class FileHashes {
  readonly #known: KnownFiles<Sha>;

  /** `path`: of the file that keeps them; without one nothing is kept. */
  constructor(path?: string, now?: () => number) {
    this.#known = new KnownFiles(path, { isValue: isSha, ...(now ? { now } : {}) });
  }

  /** Of its bytes as they lie there. `path` is absolute. Throws what the system does, and the signal's reason. */
  async of(path: string, signal?: AbortSignal): Promise<Sha> {
    const seen = this.#known.seen([await stat(path, { bigint: true })]);
    const known = this.#known.of(seen);
    if (known !== undefined) return known;
    const sha256 = await taken(path, signal);
    this.#known.keep(seen, [await stat(path, { bigint: true })], sha256);
    return sha256;
  }

  save(): void {
    this.#known.save();
  }
}
