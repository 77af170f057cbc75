/** Waits for what other processes do. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Throws where it has not come in `seconds`; an error in the look, of a file that is not there yet, is a "not yet". */
export async function until(what: string, holds: () => boolean, seconds = 180, everyMs = 200): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    try {
      if (holds()) return;
    } catch {
      // Not there yet.
    }
    await sleep(everyMs);
  }
  throw new Error(`in ${seconds} s did not come: ${what}`);
}
