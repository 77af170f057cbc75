/** One answer, or one source, that most rows have. */
import type { DataFinding, Detector, Place, PlaceOf, Seen } from './finding.ts';
import { Numbers } from './numbers.ts';
import { sourceOf } from './row.ts';
import type { Scratch } from './scratch.ts';

/** Below this many rows, a share says nothing. */
const leastRows = 50;
/** A share that one answer may have where answers are labels, and where they are texts of their own. */
const most = { label: 0.8, text: 0.1 };

/**
 * The values that may have more than a tenth of all (Misra and Gries 1982): with k counters none with more than
 * 1 / (k + 1) is lost, whatever the order.
 */
class Frequent {
  readonly #counters = new Map<number, number>();

  add(value: number): void {
    const count = this.#counters.get(value);
    if (count !== undefined) this.#counters.set(value, count + 1);
    else if (this.#counters.size < 9) this.#counters.set(value, 1);
    else
      for (const [other, left] of this.#counters)
        if (left === 1) this.#counters.delete(other);
        else this.#counters.set(other, left - 1);
  }

  values(): number[] {
    return [...this.#counters.keys()];
  }
}

interface Top {
  readonly count: number;
  readonly first: number;
}

export class Skew implements Detector {
  /** A 32-bit hash of each answer. */
  readonly #answers: Numbers;
  readonly #ordinals: Numbers;
  readonly #frequent = new Frequent();
  readonly #sources = new Map<string, { count: number; readonly first: number }>();
  #withSource = 0;

  constructor(scratch: Scratch) {
    this.#answers = new Numbers(scratch);
    this.#ordinals = new Numbers(scratch);
  }

  see({ row, hashes, said, ordinal }: Seen): void {
    const source = sourceOf(row.value);
    if (source !== undefined) this.#source(source, ordinal);
    if (!said.some(({ side }) => side === 'answer')) return;
    this.#frequent.add(hashes.answer.low);
    this.#answers.push(hashes.answer.low);
    this.#ordinals.push(ordinal);
  }

  #source(source: string, ordinal: number): void {
    this.#withSource += 1;
    const known = this.#sources.get(source);
    if (known) known.count += 1;
    else if (this.#sources.size < 1000) this.#sources.set(source, { count: 1, first: ordinal });
  }

  /** Exact counts of those that may be frequent. */
  #counted(): Top[] {
    const counts = new Map(this.#frequent.values().map((value) => [value, { count: 0, first: -1 }]));
    let index = 0;
    for (const block of this.#answers.blocks())
      for (const value of block) {
        const found = counts.get(value);
        if (found) {
          if (found.count === 0) found.first = index;
          found.count += 1;
        }
        index += 1;
      }
    return [...counts.values()].sort((a, b) => b.count - a.count);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    return [...this.#answerFindings(placeOf), ...this.#sourceFindings(placeOf)];
  }

  #answerFindings(placeOf: PlaceOf): DataFinding[] {
    const all = this.#answers.length;
    if (all < leastRows) return [];
    const tops = this.#counted();
    const [first] = tops;
    // Labels: a few answers that together are most of all.
    const isLabels = tops.filter(({ count }) => count > 1).reduce((sum, { count }) => sum + count, 0) > 0.5 * all;
    const allowed = isLabels && tops.filter(({ count }) => count > all / 100).length > 1 ? most.label : most.text;
    if (!first || first.count <= allowed * all) return [];
    const places = [placeOf(this.#ordinals.at(first.first))];
    return [skew('answer', 'One answer is that of', first.count, all, places)];
  }

  #sourceFindings(placeOf: PlaceOf): DataFinding[] {
    const all = this.#withSource;
    const [first] = [...this.#sources.values()].sort((a, b) => b.count - a.count);
    if (!first || all < leastRows || this.#sources.size < 2 || first.count <= most.label * all) return [];
    return [skew('source', 'One source is that of', first.count, all, [placeOf(first.first)])];
  }
}

function skew(
  of: 'answer' | 'source',
  what: string,
  count: number,
  all: number,
  places: readonly Place[],
): DataFinding {
  const share = count / all;
  return {
    id: 'rows/skew',
    severity: 'note',
    count,
    places,
    figures: { share },
    message: `${what} ${count.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} rows, ${(share * 100).toFixed(1)} %.`,
    fix:
      of === 'answer'
        ? 'Balance the answers, unless they are meant to be so: always giving this one would be right so often.'
        : 'Balance the sources (by mix or samples), unless they are meant to be so.',
  };
}
