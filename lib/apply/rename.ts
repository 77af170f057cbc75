/** Puts records under other addresses by hand. Runs on the target stay as they are, with their folders and tokens. */
import { hashOf } from '../base/hash.ts';
import { isAtOrBelow, type Move } from '../base/moves.ts';
import { exit, fail } from '../errors.ts';
import { renamed } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { type Desk, Session } from './session.ts';

export interface RenameInput extends Move {
  readonly stack: string;
  readonly target: Target;
  readonly desk: Desk;
  readonly signal: AbortSignal;
}

/** A record, or all below a folder. Throws where there is none, or where one stands at a new address already. */
function movesIn(records: readonly Recorded[], { from, to }: Move): Move[] {
  const moves = records
    .filter(({ address }) => isAtOrBelow(address, from))
    .map(({ address }) => ({ from: address, to: `${to}${address.slice(from.length)}` }));
  if (moves.length === 0) throw fail('run/unknown', `No run ${from} is recorded.`, 'Take one of: sft state list.');
  const taken = moves.find((move) => records.some(({ address }) => address === move.to));
  if (taken)
    throw fail(
      'state/taken',
      `${taken.to} is recorded already.`,
      'Choose another name, or forget that one: sft state rm.',
      {
        exit: exit.usage,
      },
    );
  return moves;
}

/** Returns what was renamed. The serial grows by one, whatever their number. */
export async function renameRecords(input: RenameInput): Promise<readonly Move[]> {
  const { stack, from, to, target, desk, signal } = input;
  const what = `state mv ${from} ${to}`;
  const plan = hashOf({ do: what, stack, at: desk.now() });
  const session = await Session.open(desk, target, { stack, what, plan, signal });
  try {
    const moves = movesIn(session.records, input);
    session.note({ kind: 'apply-begin', plan, serial: session.state?.serial ?? 0, what });
    session.update((records) => renamed(records, moves));
    await session.save();
    session.note({ kind: 'apply-end', plan, outcome: '0' });
    return moves;
  } finally {
    session.close();
  }
}
