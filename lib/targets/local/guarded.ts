/**
 * Runs a command so that none of its processes outlives us: the trainer's guard holds the tree, and ends it when our
 * end of its standard input closes, even because we were killed.
 */
import { execa } from 'execa';
import { printable } from '../../base/printable.ts';

export interface Ended {
  readonly code: number;
  /** The last lines that it wrote, both streams in their order. */
  readonly tail: readonly string[];
}

export interface Command {
  /** Runs the guard; any Python will do. */
  readonly python: string;
  /** The trainer's wheel, on the disk. */
  readonly wheel: string;
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

const start =
  'import os, sys; sys.path.insert(0, sys.argv[1]); from cdksft_trainer.guard import main; os._exit(main(sys.argv[2:]))';

const kept = 40;

export async function runGuarded(command: Command): Promise<Ended> {
  command.signal.throwIfAborted();
  const subprocess = execa(command.python, ['-c', start, command.wheel, '--', ...command.words], {
    // Unbuffered, so that lines are seen when they are written.
    env: { PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8', ...command.environment },
    stdin: 'pipe',
    all: true,
    buffer: false,
    reject: false,
    cancelSignal: command.signal,
    // The guard gives the tree five seconds after SIGTERM.
    forceKillAfterDelay: 15_000,
  });
  const tail: string[] = [];
  try {
    for await (const raw of subprocess.iterable({ from: 'all' })) {
      const line = printable(String(raw).trimEnd());
      if (line === '') continue;
      tail.push(line);
      if (tail.length > kept) tail.shift();
      command.onLine(line);
    }
  } catch (caught) {
    command.signal.throwIfAborted();
    throw caught;
  }
  const result = await subprocess;
  command.signal.throwIfAborted();
  return {
    code: result.exitCode ?? 1,
    tail: result.exitCode === undefined ? [...tail, result.shortMessage ?? ''] : tail,
  };
}
