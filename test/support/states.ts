/** States and records, the least that a test needs. */
import type { Job } from '../../lib/manifest.ts';
import { jobsOf } from '../../lib/plan/match.ts';
import { applied, attemptOf, withAttempt } from '../../lib/state/record.ts';
import type { Recorded, State } from '../../lib/state/state.ts';
import { stackOf } from './stacks.ts';

export const token = (n: number) => n.toString(16).padStart(64, '0');
export const planHash = 'f0'.repeat(32);

export function job(changes: Record<string, unknown> = {}): Job {
  return jobsOf(stackOf({ sft: { maxSteps: 10, ...changes } }))[0] as Job;
}

export function recordedRun(of: Job = job()): readonly Recorded[] {
  const records = applied([], { job: of, artifacts: {}, plan: planHash });
  return withAttempt(records, of, { ...attemptOf(of, 1, token(1), { plan: planHash }), handle: 'sft/1' });
}

export function stateOf(serial: number, recorded: readonly Recorded[] = recordedRun()): State {
  return {
    format: 1,
    tool: '0.1.0',
    stack: 'example',
    lineage: 'a-lineage',
    serial,
    epoch: 1,
    writtenBy: { plan: planHash, since: 0 },
    journal: 0,
    recorded,
  };
}
