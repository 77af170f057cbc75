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

/** `error`: nothing is made. `warning`: something is probably not meant so. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** The one shape of everything that is reported: bad settings, rules, data, preflight, drift, advice. */
export interface Finding {
  /** `family/name`, stable: what `sft explain` looks up. docs/findings.md lists them. */
  readonly id: string;
  /** Whether it stands in the way. */
  readonly severity: Severity;
  /** What it is about; every part may be absent. */
  readonly where: Where;
  /** The value that is wrong, shortened where it is long; absent where there is none. */
  readonly given?: Json;
  /** What is wrong, one sentence. */
  readonly message: string;
  /** What to do, one sentence in the imperative. */
  readonly fix: string;
  /** How often it was found at one place, where a loop repeats it; absent: once. */
  readonly count?: number;
}

/** An error about a setting. `path`: of it, below `where`. */
export const errorAt = (
  id: string,
  where: Where,
  path: string,
  message: string,
  fix: string,
  given?: Finding['given'],
): Finding => ({
  ...{ id, severity: 'error', where: { ...where, path }, message, fix },
  ...(given === undefined ? {} : { given }),
});
