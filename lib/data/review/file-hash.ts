/** The hash of a file of any size. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Sha } from '../../base/hash.ts';

/** Of its bytes as they lie there. */
export async function hashOfFile(path: string, signal?: AbortSignal): Promise<Sha> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 2 ** 20, ...(signal ? { signal } : {}) });
  for await (const piece of stream) hash.update(piece as Buffer);
  return hash.digest('hex') as Sha;
}
