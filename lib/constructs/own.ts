/** What a construct was written with that is its own. */

/**
 * They are the runs' that the construct has a part in: `inherited.ts` reads them there. A template, and rows to evaluate
 * on, are read apart.
 */
export function withoutOverrides<T extends { overrides?: unknown; template?: unknown; evaluation?: unknown }>({
  overrides: _,
  template: __,
  evaluation: ___,
  ...own
}: T): Omit<T, 'overrides' | 'template' | 'evaluation'> {
  return own;
}
