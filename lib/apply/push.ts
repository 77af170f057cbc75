/** Makes a state from elsewhere the next one here. Nothing is overwritten: the state of now stays beside it. */

import { hashOf } from '../base/hash.ts';
import { canonical } from '../base/json.ts';
import { fail } from '../errors.ts';
import type { State } from '../state/state.ts';
import type { Target } from '../targets/target.ts';
import { type Desk, Session } from './session.ts';

export interface PushInput {
  readonly pushed: State;
  /** Also one that is older than the state of now, or that went another way from the same serial. */
  readonly force: boolean;
  readonly target: Target;
  readonly desk: Desk;
  readonly signal: AbortSignal;
}

/** Throws where the state of now must not be followed by this one. */
function refuse(pushed: State, now: State | undefined, force: boolean): void {
  if (!now) return;
  if (now.lineage !== pushed.lineage)
    throw fail(
      'state/other-lineage',
      `The state of ${pushed.stack} here has another history (its lineage is ${now.lineage}, not ${pushed.lineage}).`,
      'Push it into the project that it comes from.',
    );
  if (pushed.serial > now.serial || force) return;
  throw fail(
    'state/older',
    `The state here is number ${now.serial}; the file is number ${pushed.serial}, ${pushed.serial === now.serial ? 'with other content' : 'which is older'}.`,
    'Look at both (sft state pull), then give --force: the state of now is kept beside it.',
  );
}

/** The serial that holds it; undefined where what is recorded is already that. */
export async function pushState({ pushed, force, target, desk, signal }: PushInput): Promise<number | undefined> {
  const { stack } = pushed;
  const plan = hashOf({ do: 'push', state: hashOf(pushed), at: desk.now() });
  const session = await Session.open(desk, target, { stack, what: 'state push', plan, signal });
  try {
    const now = session.state;
    if (now && canonical(now.recorded) === canonical(pushed.recorded) && now.lineage === pushed.lineage)
      return undefined;
    refuse(pushed, now, force);
    session.note({ kind: 'apply-begin', plan, serial: now?.serial ?? 0, what: `state push of ${pushed.serial}` });
    session.follow(pushed);
    await session.save();
    session.note({ kind: 'apply-end', plan, outcome: '0' });
    return session.state?.serial;
  } finally {
    session.close();
  }
}
