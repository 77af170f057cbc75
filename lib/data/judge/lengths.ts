/** Rows that are far longer or shorter than the others. */
import type { DataFinding, Detector, PlaceOf, Seen } from './finding.ts';
import { Numbers } from './numbers.ts';
import type { Scratch } from './scratch.ts';
import { rows, Tally, tallied } from './tally.ts';

/** Lengths are spread like a normal distribution when their logarithm is taken; steps of it, 1 % wide. */
const steps = 100;
const stepOf = (length: number) => Math.round(Math.log(length) * steps);

/** How many standard deviations from the median: of rows spread so, one in 3.5 million is farther. */
const far = 5;
/** Below this many rows, none can be told to be unusual. */
const leastRows = 100;

/** The step below which lies this share of all. */
function quantile(counts: ReadonlyMap<number, number>, all: number, share: number): number {
  let sum = 0;
  for (const step of [...counts.keys()].sort((a, b) => a - b)) {
    sum += counts.get(step) ?? 0;
    if (sum >= share * all) return step;
  }
  return 0;
}

export class Lengths implements Detector {
  readonly #lengths: Numbers;
  readonly #ordinals: Numbers;
  readonly #counts = new Map<number, number>();

  constructor(scratch: Scratch) {
    this.#lengths = new Numbers(scratch);
    this.#ordinals = new Numbers(scratch);
  }

  see({ said, ordinal }: Seen): void {
    let length = 0;
    for (const { text } of said) length += text.length;
    if (length === 0) return;
    const step = stepOf(length);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    this.#lengths.push(length);
    this.#ordinals.push(ordinal);
  }

  findings(placeOf: PlaceOf): DataFinding[] {
    const all = this.#lengths.length;
    if (all < leastRows) return [];
    const at = (share: number) => quantile(this.#counts, all, share);
    // Half of a normal distribution lies within 1.349 standard deviations; at least a tenth, so that rows that are
    // nearly all of one length do not make the others unusual.
    const deviation = Math.max((at(0.75) - at(0.25)) / 1.349, 0.1 * steps);
    const [low, high] = [at(0.5) - far * deviation, at(0.5) + far * deviation];
    const tally = new Tally();
    let [index, shortest, longest] = [0, Number.POSITIVE_INFINITY, 0];
    for (const block of this.#lengths.blocks())
      for (const length of block) {
        const step = stepOf(length);
        if (step < low || step > high) tally.add(this.#ordinals.at(index));
        shortest = Math.min(shortest, length);
        longest = Math.max(longest, length);
        index += 1;
      }
    const median = Math.round(Math.exp(at(0.5) / steps));
    return tallied(tally, placeOf, {
      id: 'rows/outlier-length',
      severity: 'note',
      figures: { median, shortest, longest },
      message: `${rows(tally.count, 'is', 'are')} far longer or shorter than the others: the median is ${median.toLocaleString('en-US')} characters, the shortest ${shortest.toLocaleString('en-US')}, the longest ${longest.toLocaleString('en-US')}.`,
      fix: 'Look at them: what is far from the rest is often not what it seems to be.',
    });
  }
}
