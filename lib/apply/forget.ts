/** Drops the record of a run. Nothing on the target is touched: a run that lives goes on. */
import { hashOf } from '../base/hash.ts';
import { forgotten } from '../state/record.ts';
import type { Target } from '../targets/target.ts';
import { type Desk, Session } from './session.ts';

export interface ForgetInput {
  readonly stack: string;
  readonly address: string;
  readonly target: Target;
  readonly desk: Desk;
  readonly signal: AbortSignal;
}

export async function forget({ stack, address, target, desk, signal }: ForgetInput): Promise<void> {
  const plan = hashOf({ do: 'forget', stack, address, at: desk.now() });
  const session = await Session.open(desk, target, { stack, what: `state rm ${address}`, plan, signal });
  try {
    session.update((records) => forgotten(records, address));
    await session.save();
  } finally {
    session.close();
  }
}
