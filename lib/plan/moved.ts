/** Renames that a program declares: what is recorded at an old address stands at the new one, with the same run. */
import { follow, type Move } from '../base/moves.ts';
import { renamed } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';

export interface MovedRecords {
  readonly records: readonly Recorded[];
  /** Old address by new. */
  readonly from: ReadonlyMap<string, string>;
  /** Declared, but something is recorded at both ends: nothing of it is moved. */
  readonly conflicts: readonly Move[];
}

/** What is recorded, under the addresses of now. `wanted`: addresses that the program has; only to these one leads. */
export function movedRecords(
  records: readonly Recorded[],
  moves: readonly Move[],
  wanted: ReadonlySet<string>,
): MovedRecords {
  const from = new Map<string, string>();
  const conflicts: Move[] = [];
  if (moves.length === 0) return { records, from, conflicts };
  const recordedAt = new Set(records.map(({ address }) => address));
  for (const { address } of records) {
    const to = follow(address, moves);
    if (to === address || wanted.has(address) || !wanted.has(to)) continue;
    if (recordedAt.has(to)) conflicts.push({ from: address, to });
    else {
      recordedAt.add(to);
      from.set(to, address);
    }
  }
  const made = [...from].map(([to, old]) => ({ from: old, to }));
  return { records: renamed(records, made), from, conflicts };
}
