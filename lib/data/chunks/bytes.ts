/** The bytes of a file in pieces, unpacked: what comes is what `unpacked` makes of the whole, or its mistake. */
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type BrokenData, bomb } from '../broken.ts';
import { damaged, packingOf } from '../bytes.ts';

export interface BytesOptions {
  readonly pieceSize: number;
  readonly onProgress?: ((bytes: number, all: number) => void) | undefined;
}

async function* plain(file: FileHandle, size: number, { pieceSize, onProgress }: BytesOptions): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    // The first ones say what it is packed with.
    const most = at === 0 ? Math.max(pieceSize, 4) : pieceSize;
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(most), 0, most, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    onProgress?.(at, Math.max(at, size));
    yield buffer.subarray(0, bytesRead);
  }
}

type Unpacker = ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

/** One stream of a packed file, from `first` on; returns the bytes that stand behind it. */
async function* stream(unpacker: Unpacker, first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, Buffer> {
  let given = 0;
  let last = first;
  const feed = async () => {
    for (let piece: Buffer | undefined = first; piece && !unpacker.destroyed; ) {
      last = piece;
      given += piece.length;
      await new Promise<void>((done) => {
        unpacker.once('close', done);
        unpacker.write(piece, () => {
          unpacker.off('close', done);
          done();
        });
      });
      // It has ended by itself, and what follows is another's.
      if (unpacker.bytesWritten < given) break;
      const next: IteratorResult<Buffer> = await rest.next();
      piece = next.done ? undefined : next.value;
    }
    unpacker.end();
  };
  const feeding = feed();
  // A failure of the unpacker is thrown below; one of the file here.
  feeding.catch((caught: unknown) => unpacker.destroy(caught as Error));
  for await (const piece of unpacker) yield piece as Buffer;
  await feeding;
  const left = given - unpacker.bytesWritten;
  return left > 0 ? last.subarray(last.length - left) : Buffer.alloc(0);
}

async function* unpackedPieces(first: Buffer, rest: AsyncIterator<Buffer>, isGzip: boolean): AsyncGenerator<Buffer> {
  if (isGzip) {
    yield* stream(createGunzip(), first, rest);
    return;
  }
  // Node ends with the first frame; a file may be several.
  for (let next: Buffer | undefined = first; next; ) {
    const left: Buffer = yield* stream(createZstdDecompress(), next, rest);
    const more: IteratorResult<Buffer> = left.length > 0 ? { value: left } : await rest.next();
    next = more.done ? undefined : more.value;
  }
}

/** Throws BrokenData. */
export async function* piecesOfFile(path: string, options: BytesOptions): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = plain(file, size, options);
    const begin: IteratorResult<Buffer> = await read.next();
    if (begin.done) return;
    const packing = packingOf(begin.value);
    if (packing === undefined) {
      yield begin.value;
      yield* read;
      return;
    }
    let grown = 0;
    try {
      for await (const piece of unpackedPieces(begin.value, read, packing === 'gzip')) {
        grown += piece.length;
        if (grown > mostUnpacked(size)) throw bomb(size);
        yield piece;
      }
    } catch (caught) {
      throw isBroken(caught) ? caught : damaged(caught, packing, size);
    }
  } finally {
    await file.close();
  }
}

const isBroken = (caught: unknown): caught is BrokenData => caught instanceof Error && 'fix' in caught;

const MiB = 1024 ** 2;
const mostUnpacked = (size: number) => Math.max(64 * MiB, 100 * size);
