import type { Json } from '../base/json.ts';
import type { Severity } from '../finding.ts';
import type { Derived, Layout } from '../manifest.ts';
import type { RunSettings } from '../settings/run.ts';

/** A resolved run, seen by the rules. */
export interface RunFacts {
  readonly settings: RunSettings;
  readonly layout: Layout;
  readonly derived: Derived;
}

export interface Broken {
  readonly id: string;
  readonly severity: Severity;
  /** The setting at fault. */
  readonly path: string;
  readonly given?: Json;
  readonly message: string;
  readonly fix: string;
}

/** A rule looks at a whole run, and says what is wrong with how its settings go together. */
export type Rule = (facts: RunFacts) => Broken | undefined;
