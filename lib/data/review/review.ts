/** One pass over the rows of a dataset: what is there, what is wrong with it, and what it looks like. */
import type { Severity } from '../../finding.ts';
import type { Columns, Format } from '../../settings/formats.ts';
import { FileHashes } from '../file-hashes.ts';
import { type DataFinding, Judge, type RowView } from '../judge/judge.ts';
import type { ColumnFacts } from '../survey/columns.ts';
import type { Spread } from '../survey/spread.ts';
import { Survey } from '../survey/survey.ts';
import type { DataSample, InspectedFile, TokenFacts } from './facts.ts';
import { FoundFaults } from './faults.ts';
import { batchesOf, type FileRow } from './reading.ts';
import { type NamedTemplate, Shaping } from './shaping.ts';

export interface ReviewInput {
  /** The folder that paths are relative to. */
  readonly folder: string;
  /** In the order in which they are read. */
  readonly paths: readonly string[];
  /** Absent: the one whose columns the first rows have. */
  readonly format?: Format | undefined;
  /** What the data calls the format's columns. */
  readonly columns?: Columns | undefined;
  /** Absent: that of the format. */
  readonly template?: NamedTemplate | undefined;
  /** The loss is on answers alone. */
  readonly answersOnly: boolean;
  /** Most tokens of a row; the rest is cut. */
  readonly maxLength?: number | undefined;
  /** Rows that are kept to be shown; default: none. */
  readonly samples?: number | undefined;
  /** Of all files, from 1: this one is shown in their place. */
  readonly row?: number | undefined;
  /** Told between rows: how many were seen, and how many bytes of the files are read. */
  readonly onProgress?: ((rows: number, bytes: number) => void) | undefined;
  /** Hashes of files that are known to be what they were. */
  readonly hashes?: FileHashes | undefined;
  /** Ends the pass; nothing of it is left. */
  readonly signal?: AbortSignal | undefined;
}

export interface Review {
  /** Of all files. */
  readonly rows: number;
  readonly files: readonly InspectedFile[];
  /** null: the rows fit none. */
  readonly format: Format | null;
  /** By its name. null where the format is not known. */
  readonly template: string | null;
  readonly columns: readonly ColumnFacts[];
  /** Characters of all texts of a row. */
  readonly characters: Spread;
  /** null: they were not counted. */
  readonly tokens: TokenFacts | null;
  /** Worst first. */
  readonly findings: readonly DataFinding[];
  readonly samples: readonly DataSample[];
  /** A line of a file is no row: it is told, and no run would take such a file. */
  readonly hasBrokenLines: boolean;
}

const ranks: Record<Severity, number> = { error: 0, warning: 1, note: 2 };

/** Seen by all who look at rows. */
class Pass {
  readonly #shaping: Shaping;
  readonly #survey: Survey<RowView>;
  readonly #judge: Judge;
  readonly faults: FoundFaults;
  readonly files: InspectedFile[] = [];

  constructor({ format, columns, template, answersOnly, maxLength, samples = 0, row }: ReviewInput) {
    const limits = maxLength === undefined ? {} : { maxLength };
    this.#shaping = new Shaping({ format, columns, template, answersOnly });
    this.faults = new FoundFaults(this.#shaping, columns ?? {});
    this.#survey = new Survey({ samples, ...(row === undefined ? {} : { row }), ...limits });
    this.#judge = new Judge(limits);
  }

  get rows(): number {
    return this.#survey.rows;
  }

  see(batch: readonly FileRow[]): void {
    for (const row of batch) {
      const { example, faults } = this.#shaping.read(row.value);
      this.faults.see(row, faults);
      const view: RowView = { ...row, ...(example === undefined ? {} : { example }) };
      this.#survey.see(view);
      this.#judge.see(view);
    }
  }

  result(): Review {
    const { rows, columns, characters, samples } = this.#survey.result();
    return {
      ...{ rows, files: this.files },
      format: this.#shaping.format ?? null,
      template: this.#shaping.template?.name ?? null,
      ...{ columns, characters },
      tokens: null,
      findings: this.#findings(),
      samples: samples.map((one) => this.#shaping.sample(one)),
      hasBrokenLines: this.faults.hasBrokenLines,
    };
  }

  /** What keeps a row from being read stands before what is thought of it. */
  #findings(): DataFinding[] {
    const all = [...this.faults.findings(), ...this.#judge.findings()];
    return all.sort((a, b) => ranks[a.severity] - ranks[b.severity]);
  }

  close(): void {
    this.#judge.close();
  }
}

/** Reads the files once, and only reads them. Throws UnreadFile; and the signal's reason. */
export async function review(input: ReviewInput): Promise<Review> {
  const { folder, paths, onProgress, signal, hashes = new FileHashes() } = input;
  const pass = new Pass(input);
  let bytes = 0;
  try {
    const batches = batchesOf(folder, paths, {
      ...{ signal, hashes },
      onBroken: (broken, file) => pass.faults.line(broken, file),
      onFile: (file) => pass.files.push(file),
      onBytes: (done) => {
        bytes = done;
      },
    });
    for await (const batch of batches) {
      pass.see(batch);
      onProgress?.(pass.rows, bytes);
    }
    const result = pass.result();
    hashes.save();
    return result;
  } finally {
    pass.close();
  }
}
