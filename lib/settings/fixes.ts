/** What a dataset may do about its rows before they are learnt from. Apart from the schema, since readers need it too. */
import { type Format, isDialogue } from './formats.ts';

/** Rows that can be left out, in the order in which a row is looked at: it counts under the first that holds. */
export const dropReasons = ['unusable', 'no-answer', 'empty-answer', 'empty-question', 'too-long'] as const;
export type DropReason = (typeof dropReasons)[number];

/** Those that the rows alone decide. How long a row is, only the tokenizer knows. */
export type ExactReason = Exclude<DropReason, 'too-long'>;

export type Dedupe = 'rows' | 'questions';

export interface Fix {
  readonly drop?: DropReason[] | undefined;
  readonly dedupe?: Dedupe | undefined;
  readonly truncate?: 'keep_start' | 'keep_end' | undefined;
  readonly split?: boolean | undefined;
}

/** What of it the rows alone decide. */
export interface ExactFix {
  readonly drop: readonly ExactReason[];
  readonly dedupe?: Dedupe;
}

/** Rows that are left out by it, as they were counted. */
export interface FixCounts {
  /** Every reason that is asked for, also those of no row. */
  readonly dropped?: { readonly [Reason in ExactReason]?: number };
  /** Absent where none are looked for. */
  readonly duplicates?: number;
  /** Of files of their own that are evaluated on: the same, and rows that are learnt from are duplicates there. */
  readonly evaluation?: Omit<FixCounts, 'evaluation'>;
}

const isExact = (reason: DropReason): reason is ExactReason => reason !== 'too-long';

/** Undefined where nothing is to be done before rows are tokens. */
export function exactFix(fix: Fix | undefined): ExactFix | undefined {
  const drop = (fix?.drop ?? []).filter(isExact);
  if (drop.length === 0 && fix?.dedupe === undefined) return undefined;
  return { drop, ...(fix?.dedupe ? { dedupe: fix.dedupe } : {}) };
}

/** Whether rows become fewer or more sequences, by their tokens: how many steps there are is not known then. */
export function changesSequences(fix: Fix | undefined): boolean {
  return fix?.split === true || (fix?.drop ?? []).includes('too-long');
}

/** The same said in one way: what says nothing must not make another run. Undefined where nothing is left. */
export function plainFix({ drop = [], dedupe, truncate, split }: Fix): Fix | undefined {
  const reasons = dropReasons.filter((reason) => drop.includes(reason));
  const plain: Fix = {
    ...(reasons.length > 0 ? { drop: reasons } : {}),
    ...(dedupe ? { dedupe } : {}),
    // What is done anyway.
    ...(truncate === 'keep_end' ? { truncate } : {}),
    ...(split ? { split } : {}),
  };
  return Object.keys(plain).length > 0 ? plain : undefined;
}

/** Formats whose rows can have what the reason speaks of. */
export function appliesTo(reason: DropReason, format: Format): boolean {
  if (reason === 'no-answer') return isDialogue(format);
  return reason !== 'empty-question' || format === 'alpaca' || format === 'prompt';
}
