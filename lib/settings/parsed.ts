import type { Finding } from '../finding.ts';

/** What was checked: a value, or what is wrong with it. */
export interface Parsed<T> {
  readonly value?: T;
  readonly findings: readonly Finding[];
}
