/** Our two output streams, which may close while a command still works, and the signals that end it. */
import { writeSync } from 'node:fs';
import { asciiText } from '../base/ascii.ts';
import { harmless } from '../base/printable.ts';
import { type EndSignal, endedBy, Interrupted, isUtf8 } from './context.ts';

export interface Streams {
  readonly out: (text: string) => void;
  readonly note: (text: string) => void;
  readonly closed: AbortSignal;
}

function writer(stream: NodeJS.WriteStream, onClosed: () => void): (text: string) => void {
  let open = true;
  const written = isUtf8() ? (text: string) => text : asciiText;
  // `sft plan | head` closes the pipe: that is no error, and an apply must not die of it half-way.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED' && error.code !== 'EIO') throw error;
    onClosed();
  });
  return (text) => {
    if (open) stream.write(`${written(harmless(text))}\n`);
  };
}

export function openStreams(stdout = process.stdout): Streams {
  const controller = new AbortController();
  return {
    out: writer(stdout, () => controller.abort()),
    note: writer(process.stderr, () => undefined),
    closed: controller.signal,
  };
}

/** npm passes on the Ctrl-C that the terminal sent us too, and shells the SIGHUP: within this time they are one. */
const sameMs = 100;

/** Past the streams, which a live list holds. */
function lastWords(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // The terminal is gone.
  }
}

/** The first signal aborts; a second one leaves at once, whatever is under way. */
export function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const on = (by: EndSignal) => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort(new Interrupted(by));
    } else if (performance.now() - first > sameMs) {
      lastWords('Left at once: what was under way is not known. The next command finds out.');
      process.exit(endedBy[by]);
    }
  };
  for (const by of Object.keys(endedBy) as EndSignal[]) process.on(by, on);
  return controller.signal;
}
