/** A plan as a value: what is compared, saved, shown and applied. */
import type { Sha } from '../base/hash.ts';
import type { DataEvidence } from '../data/evidence/facts.ts';
import type { RowChanges } from '../data/row-changes.ts';
import type { Finding } from '../finding.ts';
import type { ArtifactKind, Derived, IgnoredChange, Job, Manifest } from '../manifest.ts';
import type { GitState, Presence } from '../state/attempt.ts';
import type { Changed, Result, Seen, Verb } from './decide.ts';
import type { FieldChange } from './diff.ts';
import type { Drift } from './drift-kinds.ts';
import type { FileChanges } from './file-changes.ts';
import type { Graded } from './move.ts';
import type { Use } from './upstream.ts';

export const planFormat = 1;

interface StepBase {
  readonly address: string;
  readonly verb: Verb;
  readonly because: string;
  /** Addresses of steps that must be done before. */
  readonly needs: readonly string[];
}

export interface ArtifactStep extends StepBase {
  readonly life: 'artifact';
  readonly type: ArtifactKind;
  readonly seen: Presence;
}

/** A run from before, of other settings, that lives on beside. */
export interface LivingRun {
  readonly identity: Sha;
  readonly seen: Seen;
}

export interface JobStep extends StepBase {
  readonly life: 'job';
  readonly type: Job['does'];
  /** The address that it is recorded under, where the program has renamed it. */
  readonly from?: string;
  readonly seen: Seen;
  readonly change: Changed;
  readonly fields: readonly FieldChange[];
  /** Changed in the program, and kept as recorded. */
  readonly ignored?: readonly IgnoredChange[];
  /** Synthesised files that are others than those applied. */
  readonly files?: FileChanges;
  /** Rows of its data files that are others than those applied; unknown where those are not at hand. */
  readonly rows?: 'unknown' | RowChanges;
  /** As recorded, where a run is recorded at this address. */
  readonly before?: Job;
  /** What is known of the rows that it takes, and of those that it took as it was applied. */
  readonly evidence?: { readonly after: DataEvidence; readonly before?: DataEvidence };
  /** What follows from the settings, where it is not the same before and after, or where tokens have shown more. */
  readonly derived?: { readonly before?: Derived; readonly after?: Derived };
  /** The attempt that is started, and its token. */
  readonly attempt?: number;
  readonly token?: Sha;
  /** Where it goes on in another layout than its checkpoints were written in. */
  readonly resume?: Graded & {
    /** By --allow-move, or since a move was begun that a crash cut off. */
    readonly allowed: boolean;
  };
  /** Newest complete checkpoint on the target, and the newest step reported; 0 where there is none. */
  readonly checkpoint: number;
  readonly step: number;
  /** Its record or the program says `protect: true`. */
  readonly protected?: true;
  /** The run whose result it begins with, and how that stood: `coming` is known after apply, which waits for it. */
  readonly begins?: {
    readonly run: string;
    readonly use: Use;
    readonly result: Result;
    /** It would start, were it not for that. */
    readonly blocked?: true;
  };
  /** Runs of other settings at this address that live. */
  readonly beside: readonly LivingRun[];
}

export type Step = ArtifactStep | JobStep;

export interface PlanBody {
  readonly format: typeof planFormat;
  /** Version of the tool that made it. */
  readonly tool: string;
  /** Tells projects apart: a plan of another one is not applied here. */
  readonly project: string;
  readonly stack: string;
  /** The state that it was made from; no lineage where there was none yet. */
  readonly base: { readonly lineage?: string; readonly serial: number };
  readonly git?: GitState;
  /** The host whose workspace was looked at; absent where none was. */
  readonly machine?: string;
  /** What it rests on besides the state, by a name that a person knows ("data file rows.json"), each with its hash. */
  readonly inputs: Readonly<Record<string, Sha>>;
  readonly manifest: Manifest;
  /** What the target shows that the state does not say; absent where that is nothing. */
  readonly drift?: readonly Drift[];
  readonly steps: readonly Step[];
  readonly findings: readonly Finding[];
}

export interface Plan extends PlanBody {
  readonly hash: Sha;
}

export { starting } from './decide.ts';

/** Whether apply would change anything, on the target or in what is recorded. */
export function hasChanges(plan: Pick<PlanBody, 'steps'>): boolean {
  return plan.steps.some((step) => step.verb !== 'none');
}

/** Runs whose state the target did not tell: what is planned for them is nothing, and apply ends with exit 6. */
export function unknownRuns(plan: Pick<PlanBody, 'steps'>): JobStep[] {
  return plan.steps.filter((step) => step.life === 'job').filter((step) => step.seen === 'unknown');
}
