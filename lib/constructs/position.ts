/** Where in the user's stack a construct was made. Captured cheaply; turned into text only when an error needs it. */
import { fileURLToPath } from 'node:url';

const own = new URL('../', import.meta.url).href;

/** `file:line:column` with an absolute file, or undefined where no frame is the user's. */
export type Position = () => string | undefined;

const paths = new Map<string, string>();

/** A program has few files and may have thousands of constructs. */
function pathOf(file: string): string {
  let path = paths.get(file);
  if (path === undefined) {
    path = file.startsWith('file:') ? fileURLToPath(file) : file;
    paths.set(file, path);
  }
  return path;
}

function firstUserFrame(stack: string): string | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const match = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*):(\d+):(\d+)\)?$/.exec(line.trim());
    const file = match?.[1];
    if (!file || file.startsWith(own) || file.includes('/node_modules/constructs/')) continue;
    return `${pathOf(file)}:${match[2]}:${match[3]}`;
  }
  return undefined;
}

/** A function or a class whose caller is the user. */
export type Below = ((...parameters: never[]) => unknown) | (abstract new (...parameters: never[]) => unknown);

export function capture(below: Below): Position {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  // Enough for a construct of the user's own around ours; more would cost with every construct.
  Error.stackTraceLimit = 4;
  Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = limit;
  let text: string | undefined | null = null;
  return () => {
    if (text === null) {
      text = firstUserFrame(holder.stack ?? '');
      // Its lines are a kilobyte, of every construct.
      delete holder.stack;
    }
    return text;
  };
}
