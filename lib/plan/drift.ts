/** Drift of each step: what a target shows that the state does not say. Pure. */
import type { Finding, Where } from '../finding.ts';
import type { Job, Resource } from '../manifest.ts';
import type { Attempt, Found } from '../state/attempt.ts';
import { runsOf } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';
import { type Drift, type DriftName, drifts } from './drift-kinds.ts';
import { type Observed, runKey } from './match.ts';
import type { JobStep, Step } from './step.ts';

type Told = Pick<Drift, 'what' | 'message' | 'remedy'>;

function attemptsOf(record: Recorded | undefined, { identity }: Job): readonly Attempt[] {
  const run = record && runsOf(record).find(({ resource }) => resource.identity === identity);
  return run?.attempts ?? [];
}

/** Attempts that launch.sh was started for by hand, and that are not recorded. */
export function startedByHand(record: Recorded | undefined, job: Job, found: readonly Found[]): Found[] {
  const own = attemptsOf(record, job);
  return found.filter((each) => each.byHand && !own.some(({ n, handle }) => n === each.n && handle !== undefined));
}

/** Something was taken away or changed; at most one, since the one explains the other. */
function harm(step: JobStep, record: Recorded, own: readonly Attempt[], found: readonly Found[]): Told | undefined {
  const last = own.at(-1);
  const newest = found.at(-1);
  if (step.seen === 'absent' && last)
    return { what: 'gone', message: 'it is recorded, but its folder is no longer on the target' };
  if (step.seen === 'altered')
    return { what: 'altered', message: 'its result is not as the trainer wrote it: it was edited on the target' };
  if (
    step.seen === 'cancelled' &&
    last &&
    last.n === newest?.n &&
    last.end !== 'cancelled' &&
    record.moving === undefined
  )
    return { what: 'cancelled', message: "it was cancelled, but not by this state's commands" };
  if (newest?.missing === undefined) return undefined;
  const left = newest.checkpoint > 0 ? `checkpoint ${newest.checkpoint}` : 'the beginning';
  const message = `its checkpoint ${newest.missing} is no longer there whole; without it, it goes on from ${left}`;
  return { what: 'checkpoint', message };
}

function progress(own: readonly Attempt[], found: readonly Found[]): Told[] {
  return found.flatMap((each): Told[] => {
    const known = own.find(({ n }) => n === each.n);
    if (!known) return each.byHand ? [] : [{ what: 'began', message: `attempt ${each.n} began by itself` }];
    if (known.end || each.state !== 'ended') return [];
    return [{ what: 'ended', message: `attempt ${each.n} has ended: ${each.cause}` }];
  });
}

function ofRun(step: JobStep, record: Recorded | undefined, job: Job, found: readonly Found[]): Told[] {
  const own = attemptsOf(record, job);
  const remedy = step.verb === 'none' ? {} : ({ remedy: 'recorded' } as const);
  const byHand = startedByHand(record, job, found).map(
    ({ n }): Told => ({ what: 'by-hand', message: `attempt ${n} was started by hand`, ...remedy }),
  );
  const harmful = record && step.change !== 'semantic' ? harm(step, record, own, found) : undefined;
  const went = record ? progress(own, found) : [];
  // Its end is what was done to it.
  const rest = harmful?.what === 'cancelled' ? went.filter(({ what }) => what !== 'ended') : went;
  return [...(harmful ? [harmful] : []), ...byHand, ...rest];
}

function ofArtifact(step: Step): Told[] {
  if (step.life !== 'artifact' || step.seen !== 'altered') return [];
  const repaired = step.verb === 'repair' ? ({ remedy: 'repaired' } as const) : {};
  return [{ what: 'artifact', message: `the ${step.type} was edited on the target`, ...repaired }];
}

/** `resources`: as planned, by address. */
export function driftOf(
  steps: readonly Step[],
  resources: ReadonlyMap<string, Resource>,
  records: ReadonlyMap<string, Recorded>,
  { runs }: Observed,
): Drift[] {
  return steps.flatMap((step) => {
    if (step.life === 'artifact') return ofArtifact(step).map((told) => drift(step, told));
    const record = records.get(step.from ?? step.address) ?? records.get(step.address);
    const resource = resources.get(step.address);
    const job = resource?.life === 'job' ? resource : record?.resource;
    const found = job ? (runs.get(runKey(job)) ?? 'unknown') : 'unknown';
    return job && found !== 'unknown' ? ofRun(step, record, job, found).map((told) => drift(step, told)) : [];
  });
}

const drift = ({ address }: Step, told: Told): Drift => ({ address, kind: drifts[told.what], ...told });

type Advice = readonly [id: string, fix: (address: string) => string];

const advice: Readonly<Record<Exclude<DriftName, 'began' | 'ended'>, Advice>> = {
  gone: ['drift/gone', () => 'Look for who removed it: to apply is to train it again from the beginning.'],
  altered: [
    'drift/altered',
    (run) => `Put the file back from a copy, or go on from its newest checkpoint: sft resume ${run}.`,
  ],
  cancelled: ['drift/cancelled', (run) => `Resume it (sft resume ${run}) if that was a mistake.`],
  checkpoint: ['drift/checkpoint', () => 'Put it back from a copy before it goes on, if those steps are to count.'],
  'by-hand': ['drift/by-hand', () => 'Apply records it, and starts nothing beside it.'],
  artifact: ['drift/artifact', () => 'Apply makes it again; keep a copy of the edit if it matters.'],
};

/** What a person should know of it; progress is none of that. */
export function driftFindings(found: readonly Drift[], where: (address: string) => Where): Finding[] {
  return found.flatMap(({ address, kind, what, message }): Finding[] => {
    if (what === 'began' || what === 'ended') return [];
    const severity = kind === 'harmful' ? 'warning' : 'note';
    const [id, fix] = advice[what];
    return [{ id, severity, where: where(address), message: `${address}: ${message}.`, fix: fix(address) }];
  });
}
