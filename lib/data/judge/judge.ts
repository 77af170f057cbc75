/** Judging rows: detectors that see each row once, and say at the end what they found. */
import type { Severity } from '../../finding.ts';
import { detectorsFor } from './detectors.ts';
import type { DataFinding, Detector, JudgeOptions, Seen } from './finding.ts';
import { hashesOf } from './hash.ts';
import { Places } from './places.ts';
import { type RowView, saidOf } from './row.ts';
import { Scratch } from './scratch.ts';

export type { DataFinding, Detector, JudgeOptions, Pair, Place, Seen } from './finding.ts';
export type { Rendered, RowView, Said, Tokens } from './row.ts';

const ranks: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

const sorted = (findings: DataFinding[]) =>
  findings.sort((a, b) => ranks[a.severity] - ranks[b.severity] || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

/** Step by step, for whoever drives the rows. */
export class Judge {
  readonly #scratch: Scratch;
  readonly #detectors: readonly Detector[];
  readonly #places: Places;
  #rows = 0;

  constructor(options: JudgeOptions = {}) {
    this.#scratch = new Scratch(options.scratch, options.memory);
    this.#detectors = detectorsFor(options, this.#scratch);
    this.#places = new Places(this.#scratch);
  }

  see(row: RowView): void {
    const ordinal = this.#rows;
    this.#rows += 1;
    this.#places.add(row);
    const said = row.example === undefined ? [] : saidOf(row.example);
    const seen: Seen = { row, ordinal, said, hashes: hashesOf(said) };
    for (const detector of this.#detectors) detector.see(seen);
  }

  /** Worst first, then by id. */
  findings(): DataFinding[] {
    return sorted(this.#detectors.flatMap((detector) => detector.findings(this.#places.of)));
  }

  /** The same in steps: millions of rows are compared for minutes. `pause` is waited for between them. */
  async found(pause: () => Promise<void>): Promise<DataFinding[]> {
    const all: DataFinding[] = [];
    for (const detector of this.#detectors) {
      await pause();
      const steps = detector.steps?.(this.#places.of);
      if (!steps) all.push(...detector.findings(this.#places.of));
      for (let step = steps?.next(); step; step = step.done ? undefined : steps?.next()) {
        if (step.done) all.push(...step.value);
        else await pause();
      }
    }
    return sorted(all);
  }

  /** Gives the disk back; also where judging was broken off. */
  close(): void {
    this.#scratch.close();
  }
}

/** All rows in one pass. */
export async function judge(
  rows: Iterable<RowView> | AsyncIterable<RowView>,
  options: JudgeOptions = {},
): Promise<DataFinding[]> {
  const all = new Judge(options);
  try {
    for await (const row of rows) all.see(row);
    return all.findings();
  } finally {
    all.close();
  }
}
