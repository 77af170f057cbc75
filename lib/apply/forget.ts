/** Drops the record of a run. Nothing on the target is touched: a run that lives goes on. */
import { hashOf } from '../base/hash.ts';
import { fail } from '../errors.ts';
import { forgotten, isProtected, recordAt } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { type Desk, Session } from './session.ts';

export interface ForgetInput {
  readonly stack: string;
  readonly address: string;
  readonly target: Target;
  readonly desk: Desk;
  readonly signal: AbortSignal;
}

/** Forgotten, the next change of it would be a new run and no error. Throws before anything is done. */
export function refuseForgetting(stack: string, record: Recorded | undefined): void {
  if (!record || !isProtected(record.resource)) return;
  const message = `${stack}/${record.address} is protected. Its record was kept.`;
  throw fail('state/protected', message, 'Set protect: false there, apply that, then sft state rm.');
}

export async function forget({ stack, address, target, desk, signal }: ForgetInput): Promise<void> {
  const plan = hashOf({ do: 'forget', stack, address, at: desk.now() });
  const session = await Session.open(desk, target, { stack, what: `state rm ${address}`, plan, signal });
  try {
    refuseForgetting(stack, recordAt(session.records, address));
    session.update((records) => forgotten(records, address));
    await session.save();
  } finally {
    session.close();
  }
}
