/** Removes what nothing refers to any more. The caller has shown it to the person; here it is looked at again, and done. */
import type { Sha } from '../base/hash.ts';
import { type ExitCode, exit } from '../errors.ts';
import type { Lock } from '../state/lock.ts';
import type { Discarded } from '../targets/stored.ts';
import type { Target } from '../targets/target.ts';
import { referencesOf, stacksIn } from './references.ts';
import { type Desk, takeLock } from './session.ts';
import { graceSeconds, type Survey, survey } from './unused.ts';

export interface GcInput {
  readonly target: Target;
  readonly desk: Desk;
  readonly trainer: Sha;
}

export interface CollectInput extends GcInput {
  /** Paths that were shown; nothing else is removed. */
  readonly shown: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

export interface GcResult {
  readonly exit: ExitCode;
  readonly discarded: readonly Discarded[];
}

/** Takes no lock, and changes nothing. */
export async function findUnused({ target, desk, trainer }: GcInput): Promise<Survey> {
  const wanted = { ...(await referencesOf(desk.states)), trainer };
  return survey(await target.inventory(), wanted, desk.now());
}

/** Of every stack of the project: an apply of one may be about to use what it has not recorded yet. */
async function lockAll(desk: Desk, signal: AbortSignal): Promise<Lock[]> {
  const locks: Lock[] = [];
  try {
    for (const stack of stacksIn(desk.states)) locks.push(await takeLock(desk, { stack, what: 'gc', signal }));
    return locks;
  } catch (caught) {
    for (const lock of locks) lock.release();
    throw caught;
  }
}

/** Between two things: where a person interrupts, where the lock is lost, where a test ends the process. */
function stepOf({ desk, signal }: CollectInput, locks: readonly Lock[]): () => void {
  let k = 0;
  return () => {
    signal.throwIfAborted();
    for (const lock of locks) lock.check();
    k += 1;
    desk.boundary?.(k);
  };
}

/** Holds the locks of the project's stacks; throws, with exit 4, where another command holds one. */
export async function collect(input: CollectInput): Promise<GcResult> {
  const { target, desk, shown, signal } = input;
  const locks = await lockAll(desk, signal);
  try {
    const { unused } = await findUnused(input);
    const things = unused.filter(({ path }) => shown.has(path));
    const untouchedSince = desk.now() - graceSeconds;
    const discarded = await target.discard(things, { untouchedSince, step: stepOf(input, locks) });
    const failed = discarded.some(({ outcome }) => outcome === 'failed');
    return { exit: failed ? exit.error : exit.done, discarded };
  } finally {
    for (const lock of locks) lock.release();
  }
}
