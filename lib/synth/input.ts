import type { Sha } from '../base/hash.ts';
import type { Derived, Layout } from '../manifest.ts';
import type { FixCounts } from '../settings/fixes.ts';
import type { RunSettings } from '../settings/run.ts';

/** All that the renderers of one run's files need; no file system, clock or environment. */
export interface RunInput {
  readonly stack: string;
  /** The user's program, relative to the project's folder. */
  readonly program: string;
  /** The run's construct path below the stack; its files lie in this folder. */
  readonly address: string;
  readonly identity: Sha;
  readonly settings: RunSettings;
  readonly layout: Layout;
  readonly derived: Derived;
  /** The chat template in Jinja, where it is not the model's own. */
  readonly template?: string;
  /** Rows of the files that the dataset's `fix` leaves out; absent where it leaves out none, or they were not read. */
  readonly fixed?: FixCounts;
  /** What is taken of each part, where the dataset is a mix. */
  readonly mixed?: readonly { readonly name: string; readonly rows: number; readonly fixed?: FixCounts }[];
  /** Address of the run that its chain of results began with; absent where it begins with no run's result. */
  readonly home?: string;
  /** Keys of the artifacts that the run rests on; weights only for a model made from a config or by a merge. */
  readonly keys: { readonly data: Sha; readonly weights?: Sha };
}
