/** How many rows there are to draw from. */
import type { ReviewInput } from './asked.ts';
import { LeftOutRows } from './left-out.ts';
import { batchesOf } from './reading.ts';

/** Of those that are left; rows of files to evaluate on, which stand behind the others, are not drawn from. */
export async function countRows(input: ReviewInput, onBytes: (bytes: number) => void): Promise<number> {
  const { folder, encoding, signal, part } = input;
  const leftOut = new LeftOutRows(input);
  const paths = input.paths.slice(0, part?.files?.length);
  let rows = 0;
  const ignored = { onFile: () => {}, onBroken: () => {} };
  for await (const batch of batchesOf(folder, paths, { encoding, onBytes, signal, ...ignored }))
    rows += batch.filter((row) => !leftOut.has(row)).length;
  return rows;
}
