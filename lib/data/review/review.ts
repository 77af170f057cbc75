/** One pass over the rows of a dataset: what is there, what is wrong with it, and what it looks like. */
import { FileHashes } from '../file-hashes.ts';
import { isDrawnFrom, partOf } from '../part.ts';
import type { ReviewInput } from './asked.ts';
import { countRows } from './count.ts';
import type { Review } from './facts.ts';
import { Pass } from './pass.ts';
import { batchesOf, type ReadingOptions, sizeOf } from './reading.ts';

export type { NamedTokenizer, ReviewInput } from './asked.ts';
export type { Review } from './facts.ts';

type Told = Pick<ReadingOptions, 'onBytes' | 'onFile' | 'onBroken'>;

async function go(input: ReviewInput, pass: Pass, told: Told, onBatch: () => void): Promise<void> {
  const { folder, paths, encoding, signal, hashes } = input;
  let before: ReturnType<Pass['prepare']> | undefined;
  for await (const batch of batchesOf(folder, paths, { ...told, encoding, signal, hashes })) {
    const prepared = await before;
    // These are tokenised, by threads of their own, while those before them are judged.
    before = pass.prepare(batch);
    before.catch(() => undefined);
    if (prepared) pass.take(prepared);
    onBatch();
  }
  const prepared = await before;
  if (prepared) pass.take(prepared);
}

/** Reads the files, and only reads them. Throws UnreadFile; and the signal's reason. */
export async function review(input: ReviewInput): Promise<Review> {
  const { folder, paths, part, draw, onProgress, hashes = new FileHashes() } = input;
  const draws = part !== undefined && isDrawnFrom(part);
  const all = Math.max(
    1,
    paths.reduce((sum, path) => sum + sizeOf(folder, path), 0),
  );
  // Who draws has to know of how many. Files that are read twice are half of the work each time.
  const share = draws ? 0.5 : 1;
  const rows = draws ? await countRows(input, (bytes) => onProgress?.(0, (share * bytes) / all)) : 0;
  const pass = new Pass(input, draw ?? (part && partOf(rows, part)));
  let bytes = 0;
  const told: Told = {
    onBytes: (read) => {
      bytes = read;
    },
    onFile: (file) => void pass.files.push(file),
    onBroken: (broken, file) => pass.faults.line(broken, file),
  };
  try {
    await go({ ...input, hashes }, pass, told, () => onProgress?.(pass.rows, 1 - share + (share * bytes) / all));
    const result = await pass.result();
    hashes.save();
    return result;
  } finally {
    await pass.close();
  }
}
