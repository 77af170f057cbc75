/** What may be wrong with a row: with its columns, and with the dialogue that it holds. */

/** Kinds that leave no example are errors; the others are told, and the row is learnt from as it is. */
export const errorKinds = [
  'row',
  'missing',
  'text',
  'half',
  'messages',
  'message',
  'role',
  'content',
  'call',
  'tools',
  'answer',
  'empty',
] as const;
export const warningKinds = ['part', 'order', 'weight'] as const;
export type FaultKind = (typeof errorKinds)[number] | (typeof warningKinds)[number];

export interface RowFault {
  readonly kind: FaultKind;
  /** As the data calls it; empty for the row itself. */
  readonly column: string;
  /** What exactly, where a kind has several: the role that is not known. */
  readonly detail?: string;
}

const errors: ReadonlySet<FaultKind> = new Set(errorKinds);

export function isError({ kind }: Pick<RowFault, 'kind'>): boolean {
  return errors.has(kind);
}
