import type { Json } from './base/json.ts';

/** Where something is wrong: construct path, `file:line:column` of the user's stack, and the setting's path. */
export interface Where {
  /** Path in the construct tree, `stack/id/id`; absent where no construct is at fault. */
  readonly construct?: string;
  /** `file:line:column`; the file relative to the project's folder. Never in committed files. */
  readonly at?: string;
  /** The setting (`batch.global`), or the place in a data file (`rows.json:12`). */
  readonly path?: string;
}

export type Severity = 'error' | 'warning' | 'note';

/** The one shape of everything that is reported: bad settings, rules, data, preflight, drift, advice. */
export interface Finding {
  /** `family/name`, stable: what a user looks up or switches off. */
  readonly id: string;
  readonly severity: Severity;
  readonly where: Where;
  readonly given?: Json;
  /** What is wrong, one sentence. */
  readonly message: string;
  /** What to do, one sentence in the imperative. */
  readonly fix: string;
  readonly count?: number;
}
