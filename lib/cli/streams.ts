/** Our two output streams, which may close while a command still works, and the signals that end it. */
import { asciiText } from '../base/ascii.ts';
import { exit } from '../errors.ts';
import { Interrupted, isUtf8 } from './context.ts';

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
    if (open) stream.write(`${written(text)}\n`);
  };
}

export function openStreams(): Streams {
  const controller = new AbortController();
  return {
    out: writer(process.stdout, () => controller.abort()),
    note: writer(process.stderr, () => undefined),
    closed: controller.signal,
  };
}

/** The first signal aborts; the second leaves at once, whatever is under way. */
export function listenForSignals(note: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  const on = (by: 'SIGINT' | 'SIGTERM') => {
    if (controller.signal.aborted) {
      note('Left at once: what was under way is not known. The next command finds out.');
      process.exit(by === 'SIGINT' ? exit.interrupted : exit.terminated);
    }
    controller.abort(new Interrupted(by));
  };
  process.on('SIGINT', on);
  process.on('SIGTERM', on);
  return controller.signal;
}
