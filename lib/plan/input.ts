/** What a plan of one stack is made from. */
import type { Sha } from '../base/hash.ts';
import type { Manifest } from '../manifest.ts';
import type { GitState } from '../state/attempt.ts';
import type { Recorded, State } from '../state/state.ts';
import type { Asked } from './decide.ts';
import type { KeptFiles } from './file-changes.ts';
import type { Observed } from './match.ts';
import type { JobStep } from './step.ts';

export interface PlanInput {
  readonly tool: string;
  readonly project: string;
  readonly manifest: Manifest;
  /** Undefined: never applied. */
  readonly state: Pick<State, 'lineage' | 'serial'> | undefined;
  /** Of that state, recovered where a crash left something open. */
  readonly recorded: readonly Recorded[];
  readonly observed: Observed;
  readonly git?: GitState;
  readonly inputs?: Readonly<Record<string, Sha>>;
  /** By address of a run. */
  readonly asked?: Readonly<Record<string, Asked>>;
  /** Files of runs as they were applied, by the key of their bundle. */
  readonly keptFiles?: KeptFiles;
  /** By address of a run whose data files changed: which rows are others. */
  readonly rowChanges?: ReadonlyMap<string, JobStep['rows']>;
  /** A run may be stopped to go on in another layout, and go on from a checkpoint that does not load exactly. */
  readonly allowMove?: boolean;
  /** Only take over what the target shows. */
  readonly refreshOnly?: boolean;
  /** Plan these runs and what they need, and nothing else. */
  readonly only?: readonly string[];
}
