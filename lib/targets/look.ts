/**
 * Looking at a workspace of thousands of runs: many small files, which are in the machine's memory most often. There a
 * call that waits takes some microseconds, and one by Node's thread pool ten times that.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { isObject } from '../base/json.ts';
import { codeOf } from './files.ts';

/** Milliseconds after which timers, signals and Ctrl-C get their turn. */
const patienceMs = 20;
/** A look may ask `ps` where there is no /proc: some at once, and not thousands. */
const width = 16;

/** Does something for each, in order; the results are in the same order. */
export async function lookAtEach<T, R>(items: readonly T[], look: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let [next, since] = [0, performance.now()];
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await look(items[index] as T);
      if (performance.now() - since < patienceMs) continue;
      await turn();
      since = performance.now();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

/** Absent is an answer; what may not be read is an error. */
function unlessAbsent<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (caught) {
    if (codeOf(caught) === 'ENOENT' || codeOf(caught) === 'ENOTDIR') return undefined;
    throw caught;
  }
}

export function statIf(path: string): Stats | undefined {
  return unlessAbsent(() => statSync(path, { throwIfNoEntry: false }));
}

/** Where a link leads to; undefined for what is none. */
export function linkAt(path: string): string | undefined {
  try {
    return unlessAbsent(() => readlinkSync(path));
  } catch (caught) {
    if (codeOf(caught) === 'EINVAL') return undefined;
    throw caught;
  }
}

export function namesIn(folder: string): string[] {
  return unlessAbsent(() => readdirSync(folder)) ?? [];
}

/** The object in a JSON file; undefined where it is absent or no JSON, as when its writer was killed. */
export function objectIn(path: string): Record<string, unknown> | undefined {
  const text = unlessAbsent(() => readFileSync(path, 'utf8'));
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A pipe that somebody put in a file's place must not be waited for. */
const forReading = constants.O_RDONLY | constants.O_NONBLOCK;

/** A descriptor to read from, which the caller closes. */
export function openIf(path: string): number | undefined {
  return unlessAbsent(() => openSync(path, forReading));
}

/** The lines in the last bytes of a file; the first may be the end of one. */
export function lastLines(path: string, most: number): string[] {
  const handle = openIf(path);
  if (handle === undefined) return [];
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, most));
    const length = readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, length).split('\n');
  } finally {
    closeSync(handle);
  }
}

function readInto(handle: number, buffer: Buffer): number {
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read)
    read = readSync(handle, buffer, length, buffer.length - length, null);
  return length;
}

/** Whether a file's bytes are these. */
export function holds(path: string, content: string | Uint8Array): boolean {
  const wanted = typeof content === 'string' ? Buffer.from(content) : content;
  const handle = openIf(path);
  if (handle === undefined) return false;
  try {
    // One byte more than is wanted, so that a longer file is told apart.
    const buffer = Buffer.allocUnsafe(wanted.length + 1);
    return buffer.subarray(0, readInto(handle, buffer)).equals(wanted);
  } catch (caught) {
    if (codeOf(caught) === 'EISDIR' || codeOf(caught) === 'EAGAIN') return false;
    throw caught;
  } finally {
    closeSync(handle);
  }
}
