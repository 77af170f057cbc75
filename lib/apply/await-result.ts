/** Waits for a run whose result another one begins with. The run is not ours to stop: it goes on without us. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../manifest.ts';
import { seenOf } from '../plan/match.ts';
import { eventText } from '../report/event-text.ts';
import type { Found } from '../state/attempt.ts';
import type { LookUp } from '../state/recover.ts';
import type { Target } from '../targets/target.ts';

export type Awaited =
  | { readonly outcome: 'done' | 'failed'; readonly found: readonly Found[]; readonly message?: string }
  | { readonly outcome: 'unknown' | 'interrupted' };

export interface AwaitOptions {
  readonly signal: AbortSignal;
  /** Called with a line of what the run tells, for people. */
  readonly tell: (line: string) => void;
  /** How long a supervisor may take to begin the attempt that it retries with. */
  readonly retryMs?: number;
}

/** The same address at most once in a call, as `find` asks. */
async function lookUp(target: Target, job: Job): Promise<LookUp> {
  return (await target.find([job])).get(job.address) ?? 'unknown';
}

/** Until no attempt of the run lives. */
async function untilEnded(target: Target, job: Job, options: AwaitOptions): Promise<LookUp> {
  const { signal, tell, retryMs = 1000 } = options;
  for (let isSettled = false; ; ) {
    const found = await lookUp(target, job);
    if (found === 'unknown' || signal.aborted) return found;
    const newest = found.at(-1);
    const lives = newest?.state === 'running' || newest?.state === 'queued';
    if (!newest || seenOf(found) === 'done' || (!lives && isSettled)) return found;
    // Between an attempt that failed and the next one of its supervisor none lives, for a moment.
    isSettled = !lives;
    if (!lives) await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    else
      for await (const event of target.follow(job, newest.n, { follow: true, signal })) {
        const line = eventText(event);
        if (line !== undefined) tell(line);
      }
  }
}

function failure({ address }: Job, found: readonly Found[]): string {
  const newest = found.at(-1);
  if (!newest) return `${address} is not on the target`;
  if (newest.state === 'lost') return `${address} is lost: its supervisor is gone`;
  const why = newest.message ? `${newest.cause}: ${newest.message}` : newest.cause;
  return `${address} ended at step ${newest.step}, ${why}`;
}

export async function awaitResult(target: Target, job: Job, options: AwaitOptions): Promise<Awaited> {
  const found = await untilEnded(target, job, options);
  if (found !== 'unknown' && seenOf(found) === 'done') return { outcome: 'done', found };
  if (options.signal.aborted) return { outcome: 'interrupted' };
  if (found === 'unknown') return { outcome: 'unknown' };
  return { outcome: 'failed', found, message: failure(job, found) };
}
