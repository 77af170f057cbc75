/** What rows are like as a whole: columns, lengths, a few of them. Each row is seen once. */
import { isObject } from '../../base/json.ts';
import type { RowView } from '../judge/row.ts';
import { saidOf } from '../judge/row.ts';
import { keptOf } from '../tokens/cut.ts';
import { type ColumnFacts, Columns } from './columns.ts';
import { Drawn } from './draw.ts';
import { type Spread, Spreading } from './spread.ts';

export interface SurveyOptions {
  /** How many rows are kept to be shown. */
  readonly samples: number;
  /** Of all files, from 1: this one is kept in their place. */
  readonly row?: number;
  /** Most tokens of a row; the rest is cut. */
  readonly maxLength?: number;
  /** The beginning of such a row is cut, not its end. */
  readonly keepsEnd?: boolean;
  /** What becomes of such a row, where it is not cut. */
  readonly tooLong?: 'drop' | 'split';
}

/** Under the names of TokenFacts. */
export interface TokenSpreads {
  readonly tokens: Spread;
  readonly trained: Spread;
  readonly read: number;
  readonly cut: { readonly rows: number; readonly tokens: number };
  readonly dropped: number;
  readonly tooLong?: { readonly rows: number; readonly fix: 'drop' | 'split' };
}

export interface Surveyed<Row> {
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  /** Values in further columns, beyond those that are told. */
  readonly otherColumns: number;
  readonly characters: Spread;
  /** Absent where no row was tokenised. */
  readonly tokens?: TokenSpreads;
  readonly samples: readonly Row[];
}

/** Of the example, or of the texts in columns where there is none. */
function charactersOf({ example, value }: RowView): number {
  if (example !== undefined) return saidOf(example).reduce((sum, { text }) => sum + text.length, 0);
  if (!isObject(value)) return 0;
  return Object.values(value).reduce<number>((sum, one) => sum + (typeof one === 'string' ? one.length : 0), 0);
}

export class Survey<Row extends RowView> {
  readonly #options: SurveyOptions;
  readonly #columns = new Columns();
  readonly #characters = new Spreading();
  readonly #tokens = new Spreading();
  readonly #trained = new Spreading();
  readonly #drawn: Drawn<Row>;
  readonly #asked: Row[] = [];
  #rows = 0;
  #tokenised = 0;
  #cutRows = 0;
  #cutTokens = 0;
  #read = 0;
  #dropped = 0;
  #tooLong = 0;

  constructor(options: SurveyOptions) {
    this.#options = options;
    this.#drawn = new Drawn(options.row === undefined ? options.samples : 0);
  }

  get rows(): number {
    return this.#rows;
  }

  see(row: Row): void {
    this.#rows += 1;
    this.#columns.see(row.value);
    this.#characters.add(charactersOf(row));
    if (row.tokens) this.#count(row.tokens);
    if (this.#rows === this.#options.row) this.#asked.push(row);
    this.#drawn.see(row);
  }

  #count({ trained }: NonNullable<RowView['tokens']>): void {
    const { length } = trained;
    const { maxLength, keepsEnd = false, tooLong } = this.#options;
    this.#tokenised += 1;
    this.#tokens.add(length);
    const isLong = length > (maxLength ?? length);
    if (tooLong && isLong) {
      this.#tooLong += 1;
      if (tooLong === 'drop') return;
    }
    // Where nothing is cut, nothing is left out: as TRL does it.
    const { from, to, learnt } = keptOf(trained, { maxLength: tooLong ? undefined : maxLength, keepsEnd });
    if (to - from < length) {
      this.#cutRows += 1;
      this.#cutTokens += length - (to - from);
    }
    if (learnt === 0 && maxLength !== undefined) {
      this.#dropped += 1;
      return;
    }
    this.#trained.add(learnt);
    this.#read += to - from;
  }

  result(): Surveyed<Row> {
    const { columns, others } = this.#columns.facts();
    const cut = { rows: this.#cutRows, tokens: this.#cutTokens };
    const [read, dropped] = [this.#read, this.#dropped];
    const { tooLong: fix } = this.#options;
    const tokens = {
      ...{ tokens: this.#tokens.spread(), trained: this.#trained.spread(), read, cut, dropped },
      ...(fix ? { tooLong: { rows: this.#tooLong, fix } } : {}),
    };
    return {
      ...{ rows: this.#rows, columns, otherColumns: others, characters: this.#characters.spread() },
      ...(this.#tokenised === 0 ? {} : { tokens }),
      samples: this.#options.row === undefined ? this.#drawn.rows() : this.#asked,
    };
  }
}
