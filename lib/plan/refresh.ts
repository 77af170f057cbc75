/** A plan that only takes over what the target shows: attempts and ends that the state does not know. Nothing is started. */
import { canonical } from '../base/json.ts';
import { runsOf, withFound } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import { decideRefresh } from './decide.ts';
import { type Observed, runKey, seenOf } from './match.ts';
import type { JobStep } from './step.ts';

/** The record with all that was found of its runs; who takes a new attempt over is named when that is done. */
export function refreshed(record: Recorded, runs: Observed['runs'], plan: string): Recorded {
  const all = runsOf(record).reduce<readonly Recorded[]>(
    (now, { resource }) => {
      const found = runs.get(runKey(resource));
      return found === undefined || found === 'unknown' ? now : withFound(now, resource, found, { plan });
    },
    [record],
  );
  return all[0] ?? record;
}

/** One step for each record of which the target was asked. */
export function refreshSteps(recorded: readonly Recorded[], runs: Observed['runs']): JobStep[] {
  return recorded.flatMap((record) => {
    const { address, resource } = record;
    const found = runs.get(runKey(resource));
    if (found === undefined) return [];
    const seen = seenOf(found);
    const differs = canonical(refreshed(record, runs, '')) !== canonical(record);
    const known = found === 'unknown' ? [] : found;
    return [
      {
        life: 'job',
        address,
        type: resource.does,
        ...decideRefresh(seen, differs),
        needs: [],
        seen,
        change: 'none',
        fields: [],
        before: resource,
        checkpoint: Math.max(0, ...known.map((each) => each.checkpoint)),
        step: Math.max(0, ...known.map((each) => each.step)),
        beside: [],
      },
    ];
  });
}
