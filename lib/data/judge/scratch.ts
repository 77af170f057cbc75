/** What does not fit in memory, in one file without a name: whichever way the process ends, nothing of it is left. */
import { closeSync, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that is opened for reading and writing, and taken out of its folder at once. */
function nameless(folder: string): number {
  const own = mkdtempSync(join(folder, 'sft-judge-'));
  const path = join(own, 'scratch');
  try {
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  } finally {
    rmdirSync(own);
  }
}

const MiB = 1024 ** 2;

export class Scratch {
  readonly #folder: string;
  #inMemory: number;
  #file: number | undefined;
  #end = 0;

  /** `memory`: bytes that may stay in memory before the file is made. */
  constructor(folder = tmpdir(), memory = 64 * MiB) {
    this.#folder = folder;
    this.#inMemory = memory;
  }

  /** Whether so many bytes may stay in memory; they count from then on. */
  admits(bytes: number): boolean {
    if (bytes > this.#inMemory) return false;
    this.#inMemory -= bytes;
    return true;
  }

  /** Where they now stand. */
  write(values: Uint32Array): number {
    this.#file ??= nameless(this.#folder);
    const at = this.#end;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
    this.#end += bytes.length;
    return at;
  }

  read(at: number, into: Uint32Array): void {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let done = 0; done < bytes.length && this.#file !== undefined; ) {
      const read = readSync(this.#file, bytes, done, bytes.length - done, at + done);
      if (read === 0) throw new Error('the scratch file ended early');
      done += read;
    }
  }

  /** Bytes on the disk. */
  get written(): number {
    return this.#end;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
