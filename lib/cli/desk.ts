/** Who takes a lock, and what else a command that changes a state needs. */
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Desk } from '../apply/session.ts';
import { exit, fail } from '../errors.ts';
import { processId } from '../state/liveness.ts';
import { toolVersion } from './tool.ts';

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

const signals = ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Set by tests of crashes: the journal's boundary at which the command gets the signal, and a lease that runs out soon.
 * SIGKILL, SIGSTOP for a command that sleeps past its lease, or one that asks it to end.
 */
function faultsAskedFor(): Partial<Desk> {
  const { SFT_CRASH_AT, SFT_CRASH_BY, SFT_LEASE_SECONDS } = process.env;
  const [at, lease] = [Number(SFT_CRASH_AT), Number(SFT_LEASE_SECONDS)];
  const by = signals.find((signal) => signal === SFT_CRASH_BY) ?? 'SIGKILL';
  return {
    ...(at > 0 ? { boundary: (k: number) => k === at && process.kill(process.pid, by) } : {}),
    ...(lease > 0 ? { leaseSeconds: lease } : {}),
  };
}

export interface DeskOptions {
  /** Seconds to wait for another command that holds the lock, as they were typed. */
  readonly lockTimeout?: string;
}

function lockSecondsOf({ lockTimeout }: DeskOptions): { readonly lockSeconds?: number } {
  if (lockTimeout === undefined) return {};
  const lockSeconds = Number(lockTimeout);
  if (lockSeconds >= 0 && lockSeconds <= 86_400 && lockTimeout.trim() !== '') return { lockSeconds };
  throw fail('usage/arguments', `--lock-timeout ${lockTimeout} is no time.`, 'Give seconds, from 0 to 86400.', {
    exit: exit.usage,
  });
}

export function deskOf(project: string, options: DeskOptions = {}): Desk {
  return {
    states: join(project, '.sft', 'state'),
    tool: toolVersion(),
    me: { who: userName(), host: hostname(), ...processId(process.pid) },
    now: () => Date.now() / 1000,
    ...lockSecondsOf(options),
    ...faultsAskedFor(),
  };
}
