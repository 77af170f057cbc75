/** Who takes a lock, and what else a command that changes a state needs. */
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Desk } from '../apply/session.ts';
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

export function deskOf(project: string): Desk {
  // Set by tests of crashes: the journal's boundary at which the command is killed.
  const crashAt = Number(process.env.SFT_CRASH_AT);
  return {
    states: join(project, '.sft', 'state'),
    tool: toolVersion(),
    me: { who: userName(), host: hostname(), ...processId(process.pid) },
    now: () => Date.now() / 1000,
    ...(crashAt > 0 ? { boundary: (k: number) => k >= crashAt && process.kill(process.pid, 'SIGKILL') } : {}),
  };
}
