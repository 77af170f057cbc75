/** The bytes of a data file, unpacked: what it is compressed with is told by its first bytes, not by its name. */
import { accessSync, closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { BrokenData, bomb, mostBytes, mostExpanded, tooLarge } from './broken.ts';

const reasons: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ENOTDIR: 'does not exist: a part of its path is a file',
  ENAMETOOLONG: 'has a name that is too long',
  ELOOP: 'is a link that leads to itself',
};

const unreadable = (message: string) =>
  new BrokenData('data/unreadable', message, 'Correct the path; it is relative to the project’s folder.');

function told(caught: unknown): BrokenData {
  if (caught instanceof BrokenData) return caught;
  const code = (caught as { code?: string }).code ?? '';
  return unreadable(reasons[code] ?? `cannot be read (${code || String(caught)})`);
}

/** Throws BrokenData where it is no file that can be read. */
export function statOf(file: string): { readonly size: number } {
  try {
    const stat = statSync(file);
    // Reading a FIFO would wait for ever, a folder has no bytes.
    if (stat.isDirectory()) throw unreadable('is a folder, not a file');
    if (!stat.isFile()) throw unreadable('is no regular file');
    accessSync(file, constants.R_OK);
    return stat;
  } catch (caught) {
    throw told(caught);
  }
}

/** Throws BrokenData. */
export function loadFile(file: string): Buffer {
  try {
    const { size } = statOf(file);
    if (size > mostBytes) throw tooLarge(size);
    return readFileSync(file);
  } catch (caught) {
    throw told(caught);
  }
}

/** The first bytes, as they lie on the disk. */
export function headOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(6);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

type Packing = 'gzip' | 'Zstandard';

export function packingOf(bytes: Buffer): Packing | undefined {
  if (bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  return bytes.length > 3 && bytes.readUInt32LE(0) === 0xfd2fb528 ? 'Zstandard' : undefined;
}

interface Unpacked {
  readonly buffer: Buffer;
  /** How many bytes of what was given are used up. */
  readonly engine: { readonly bytesWritten: number };
}

/** Node ends with the first frame; a file may be several, one behind the other. */
function frames(bytes: Buffer, most: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0, left = most; at < bytes.length; ) {
    const options = { maxOutputLength: Math.max(left, 1), info: true };
    const { buffer, engine } = zstdDecompressSync(bytes.subarray(at), options) as unknown as Unpacked;
    if (engine.bytesWritten === 0) throw Object.assign(new Error('no frame'), { code: 'ZSTD' });
    parts.push(buffer);
    at += engine.bytesWritten;
    left -= buffer.length;
  }
  return Buffer.concat(parts);
}

export function damaged(caught: unknown, packing: Packing, size: number): BrokenData {
  const { code = '' } = caught as { code?: string };
  if (code === 'ERR_BUFFER_TOO_LARGE') return bomb(size);
  const how = code === 'Z_BUF_ERROR' ? 'is cut short' : 'is damaged, or more stands behind it';
  return new BrokenData('data/compressed', `is ${packing}, and ${how}`, 'Copy or compress it again.');
}

/** Throws BrokenData for what is damaged, cut short, or far larger than it seems. */
export function unpacked(bytes: Buffer): Buffer {
  const packing = packingOf(bytes);
  if (packing === undefined) return bytes;
  const most = mostExpanded(bytes.length);
  try {
    return packing === 'gzip' ? gunzipSync(bytes, { maxOutputLength: most }) : frames(bytes, most);
  } catch (caught) {
    throw damaged(caught, packing, bytes.length);
  }
}
