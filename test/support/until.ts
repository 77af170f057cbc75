/** Waits for what other processes do. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Throws where it has not come in `seconds`; an error in the look, of a file that is not there yet, is a "not yet". */
export async function until(what: string, holds: () => boolean, seconds = 180): Promise<void> {
  for (let waited = 0; waited < seconds * 1000; waited += 200) {
    try {
      if (holds()) return;
    } catch {
      // Not there yet.
    }
    await sleep(200);
  }
  throw new Error(`in ${seconds} s did not come: ${what}`);
}
