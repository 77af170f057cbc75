/** Rows that a dataset's `fix` leaves out: which, how many by reason, and the first places of each. */
import type { Finding, Where } from '../../finding.ts';
import type { ExactFix, ExactReason, FixCounts } from '../../settings/fixes.ts';
import { exampleOf } from '../example.ts';
import type { RowShape } from '../shapes.ts';
import { keyOf } from './key.ts';
import { reasonOf } from './reason.ts';

export type LeftOut = ExactReason | 'duplicate';

export interface LeftOutRows extends Pick<Finding, 'id' | 'message' | 'fix'> {
  readonly why: LeftOut;
  readonly count: number;
}

const places = 3;

/** `count` by "1 row" and "12 rows". */
const rows = (count: number, one: string, more: string) =>
  `${count === 1 ? 'A row' : `${count} rows`} ${count === 1 ? one : more}`;

/** What is said of rows by the reason for which they are dropped. */
export const reasonWords: Readonly<Record<ExactReason, string>> = {
  unusable: 'unusable',
  'no-answer': 'no answer',
  'empty-answer': 'empty answer',
  'empty-question': 'empty question',
};

/** Sees every row of a dataset once, in their order over all files. */
export class Fixes {
  readonly #fix: ExactFix;
  readonly #shape: RowShape;
  readonly #keys: Set<string>;
  readonly #counts = new Map<LeftOut, number>();
  readonly #first = new Map<LeftOut, string[]>();
  #rows = 0;

  /** `keys`: of rows that went by before. */
  constructor(fix: ExactFix, shape: RowShape, keys = new Set<string>()) {
    this.#fix = fix;
    this.#shape = shape;
    this.#keys = keys;
  }

  /** For rows behind these, which are counted by themselves: what is there already is there for them too. */
  next(): Fixes {
    return new Fixes(this.#fix, this.#shape, this.#keys);
  }

  /** Why the row is left out; undefined: it stays. `place`: as messages name it. */
  see(value: unknown, place: () => string): LeftOut | undefined {
    this.#rows += 1;
    const why = this.#why(value);
    if (why === undefined) return undefined;
    const count = this.#counts.get(why) ?? 0;
    this.#counts.set(why, count + 1);
    if (count < places) this.#first.set(why, [...(this.#first.get(why) ?? []), place()]);
    return why;
  }

  #why(value: unknown): LeftOut | undefined {
    const { drop, dedupe } = this.#fix;
    const read = exampleOf(value, this.#shape.format, this.#shape.columns);
    const reason = reasonOf(read, drop);
    if (reason !== undefined || dedupe === undefined || !read.example) return reason;
    const key = keyOf(read.example, dedupe);
    if (this.#keys.has(key)) return 'duplicate';
    this.#keys.add(key);
    return undefined;
  }

  counts(): FixCounts {
    const { drop, dedupe } = this.#fix;
    const of = (why: LeftOut) => this.#counts.get(why) ?? 0;
    return {
      ...(drop.length > 0 ? { dropped: Object.fromEntries(drop.map((reason) => [reason, of(reason)])) } : {}),
      ...(dedupe ? { duplicates: of('duplicate') } : {}),
    };
  }

  /** By reason, in the order in which they were met. */
  told(): LeftOutRows[] {
    return [...this.#counts].map(([why, count]) => ({ why, count, ...this.#said(why, count) }));
  }

  findings(where: Where): Finding[] {
    const left = [...this.#counts.values()].reduce((rest, count) => rest - count, this.#rows);
    const told = [...this.#counts].map(([why, count]) => this.#told(why, count, where));
    if (left > 0 || this.#rows === 0) return told;
    const message = `Of ${rows(this.#rows, 'is', 'are').toLowerCase()} none left: fix leaves out all.`;
    return [
      ...told,
      { id: 'fix/none-left', severity: 'error', where: { ...where, path: 'fix' }, message, fix: noneLeft },
    ];
  }

  #told(why: LeftOut, count: number, where: Where): Finding {
    const first = this.#first.get(why) ?? [];
    const more = count > first.length ? ` and ${count - first.length} more` : '';
    return { severity: 'note', where: { ...where, path: first.join(', ') + more }, ...this.#said(why, count) };
  }

  #said(why: LeftOut, count: number): Pick<Finding, 'id' | 'message' | 'fix'> {
    if (why !== 'duplicate')
      return {
        id: 'fix/dropped',
        message: `${rows(count, 'is', 'are')} dropped: ${reasonWords[why]}.`,
        fix: `Correct them, or take '${why}' out of fix.drop, where they are to be learnt from.`,
      };
    const alike =
      this.#fix.dedupe === 'questions' ? 'asks what an earlier one asks' : 'says the same as an earlier one';
    return {
      id: 'fix/duplicates',
      message: `${rows(count, 'is', 'are')} removed: ${count === 1 ? 'it' : 'each'} ${alike}.`,
      fix: 'Take fix.dedupe out, where they are to be learnt from as often as they are there.',
    };
  }
}

const noneLeft = 'Look at the rows that are named: their columns may have other names.';
