import { hash } from 'node:crypto';
import { canonical } from './json.ts';

/** A SHA-256 as 64 lower-case hexadecimal digits. */
export type Sha = string;

export function sha256(bytes: string | Uint8Array): Sha {
  return hash('sha256', bytes);
}

/** The hash of a plain value: over its canonical JSON, so the order of keys does not count. */
export function hashOf(value: unknown): Sha {
  return sha256(canonical(value));
}

/** How a hash is shown to people and put into folder names. */
export function short(sha: Sha): string {
  return sha.slice(0, 12);
}

const hashes = new WeakMap<object, Sha>();

/** The hash of a file's content, taken once: several documents name it. */
export function contentHash(file: { readonly content: string }): Sha {
  let hash = hashes.get(file);
  if (hash === undefined) {
    hash = sha256(file.content);
    hashes.set(file, hash);
  }
  return hash;
}
