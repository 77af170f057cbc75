/**
 * How far a run's checkpoints load in another layout. Pure. The trainer judges each checkpoint by the same rules before
 * it loads it (`trainer/cdksft_trainer/layout.py`), and never goes below the grade that the plan showed;
 * `trainer/tests/layouts.json` holds both to one table, `trainer/tests/test_move.py` tries each grade with the real libraries.
 */
import { hashOf, type Sha } from '../base/hash.ts';
import type { Job } from '../manifest.ts';
import type { Attempt, Found, Grade, Written } from '../state/attempt.ts';
import { writtenBy, writtenIn } from '../state/record.ts';
import type { FieldChange } from './diff.ts';

/** The best first. `impossible`: the checkpoints are not where the run would go on. */
export const grades = ['exact', 'approximate', 'weights-only', 'impossible'] as const satisfies readonly Grade[];

export interface Graded {
  readonly grade: Grade;
  readonly because: string;
}

const afresh = 'the optimizer and the random state begin anew, weights, steps and learning rate go on';

const of = (grade: Grade, because: string): Graded => ({ grade, because });

const sharded = (...stages: readonly (number | null)[]) => stages.some((stage) => stage !== null && stage > 0);

function ranks(before: Written, after: Written): Graded {
  if (sharded(before.zero_stage, after.zero_stage))
    return of('weights-only', `ZeRO cuts the optimizer’s state by the number of ranks: ${afresh}`);
  return of(
    'approximate',
    'each step sees the same rows, shared out otherwise: dropout and the filling of an epoch’s last step differ',
  );
}

function stages(before: Written, after: Written): Graded {
  const both = [before.zero_stage, after.zero_stage];
  if (both.includes(1) && both.includes(2))
    return of('approximate', 'all is loaded, and gradients are added up in another order');
  return of('weights-only', `the optimizer’s state is kept in another form: ${afresh}`);
}

function device(before: Written, after: Written): Graded {
  if (before.zero_stage !== null || after.zero_stage !== null)
    return of('weights-only', `DeepSpeed’s optimizer is another one on another kind of device: ${afresh}`);
  return of('approximate', 'all is loaded, and another kind of device rounds otherwise');
}

const judges: Readonly<Record<keyof Written, (before: Written, after: Written) => Graded>> = {
  world_size: ranks,
  micro_batch: () => of('approximate', 'each step sees the same rows, added up in another order'),
  zero_stage: stages,
  offload: () => of('weights-only', `the optimizer in host memory is another one: ${afresh}`),
  device,
};

const keys = Object.keys(judges) as (keyof Written)[];

/** By each fact that differs; a fact that is not known of before is taken as the same. */
export function gradeLayouts(
  before: Partial<Written>,
  after: Written,
): Readonly<Partial<Record<keyof Written, Graded>>> {
  const whole = { ...after, ...before };
  const differing = keys.filter((key) => String(whole[key]) !== String(after[key]));
  return Object.fromEntries(differing.map((key) => [key, judges[key](whole, after)]));
}

export function worst(all: readonly Graded[]): Graded | undefined {
  return all.reduce<Graded | undefined>(
    (sofar, next) => (sofar && grades.indexOf(sofar.grade) >= grades.indexOf(next.grade) ? sofar : next),
    undefined,
  );
}

/** Which fact of a layout a setting shapes. */
const facts: readonly (readonly [path: RegExp, fact: keyof Written])[] = [
  [/^batch\.micro$/, 'micro_batch'],
  [/^zero\.offload/, 'offload'],
  [/^zero(\.stage)?$/, 'zero_stage'],
  [/^cluster\.(processes|nodes|hosts|gpus\.(count|perNode))$/, 'world_size'],
];

/** Placement that changes no fact of a layout. */
const others: readonly (readonly [path: RegExp, graded: Graded])[] = [
  [
    /^cluster\.(workspace|kind)$/,
    of('impossible', 'its checkpoints stay where they are, and a run elsewhere does not find them'),
  ],
  [/^cluster\.gpus\.type$/, of('approximate', 'all is loaded, and another GPU rounds otherwise')],
  [/^gradientCheckpointing$/, of('exact', 'the same numbers are computed again instead of kept')],
  [/^method\.storage$/, of('approximate', 'all is loaded, and the frozen weights are packed in another type')],
  [/^overrides\./, of('weights-only', 'what an override does to a checkpoint is not known: as much is loaded as fits')],
];

/** One changed setting of placement. */
function gradeField(path: string, byFact: ReturnType<typeof gradeLayouts>): Graded {
  const fact = facts.find(([pattern]) => pattern.test(path))?.[1];
  const found = fact ? byFact[fact] : others.find(([pattern]) => pattern.test(path))?.[1];
  const moved = path.startsWith('cluster.gpus.') ? byFact.device : undefined;
  return moved ?? found ?? of('exact', 'its checkpoints load as they are');
}

/** By whom the checkpoint was, or will be, written that the run goes on from; undefined where there will be none. */
function writer(job: Job, attempts: readonly Attempt[], found: readonly Found[]): Partial<Written> | undefined {
  const live = found.find(({ state }) => state === 'running' || state === 'queued');
  const newest = found.reduce<Found | undefined>(
    (a, b) => (b.checkpoint > 0 && b.checkpoint >= (a?.checkpoint ?? 0) ? b : a),
    undefined,
  );
  // One that runs makes a checkpoint as it stops.
  if (live?.state !== 'running' && !newest) return undefined;
  const last = attempts.find(({ n }) => n === live?.n) ?? attempts.at(-1);
  const known = last ? writtenIn(last) : writtenBy(job);
  return live?.state === 'running' ? known : { ...known, ...newest?.written };
}

/** The layout that a move goes to, as the state notes it: another wish since then is another move. */
export function movedTo(job: Job): Sha {
  return hashOf(job.settings);
}

export interface MoveInput {
  readonly job: Job;
  /** As recorded: the run's settings of before. */
  readonly before: Job;
  readonly attempts: readonly Attempt[];
  readonly found: readonly Found[];
  readonly fields: readonly FieldChange[];
}

export interface Judged {
  readonly fields: readonly FieldChange[];
  /** Undefined where it goes on in the layout of before. */
  readonly resume?: Graded;
}

/** What a run goes on from in its new layout: each field with its grade, and what comes of all. */
export function judge({ job, before, attempts, found, fields }: MoveInput): Judged {
  const from = writer(before, attempts, found);
  const byFact = from ? gradeLayouts({ ...writtenBy(before), ...from }, writtenBy(job)) : {};
  const judged = fields.map((field) => {
    if (field.class !== 'placement') return field;
    const { grade, because } = gradeField(field.path, byFact);
    if (!from && grade !== 'impossible') return field;
    return { ...field, grade, reason: because };
  });
  const all = [...Object.values(byFact), ...judged.flatMap(({ grade, reason }) => (grade ? [of(grade, reason)] : []))];
  const resume = worst(all);
  return { fields: judged, ...(resume ? { resume } : {}) };
}
