/** What the columns of rows hold. */
import { isObject } from '../../base/json.ts';
import { type Spread, Spreading } from './spread.ts';

/** What a value is. `empty`: a text of nothing but space. */
export type ValueKind = 'text' | 'empty' | 'null' | 'number' | 'boolean' | 'list' | 'object';

/** What one column of the rows holds. */
export interface ColumnFacts {
  /** As the data has it. */
  readonly name: string;
  /** How many rows have the column. */
  readonly rows: number;
  /** How many rows have which kind of value in it; those that none has are absent. */
  readonly kinds: Readonly<Partial<Record<ValueKind, number>>>;
  /** Characters of its texts; absent where it has none. */
  readonly characters?: Spread;
}

function kindOf(value: unknown): ValueKind {
  if (typeof value === 'string') return /\S/.test(value) ? 'text' : 'empty';
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return Array.isArray(value) ? 'list' : 'object';
}

interface Column {
  rows: number;
  readonly kinds: Map<ValueKind, number>;
  readonly characters: Spreading;
}

/** Rows that are dictionaries have a column a key: of more names than these only the number is kept. */
export const mostColumns = 64;

export class Columns {
  readonly #columns = new Map<string, Column>();
  /** Values in columns beyond the most that are kept. */
  #others = 0;

  see(row: unknown): void {
    if (!isObject(row)) return;
    for (const name of Object.keys(row)) this.#value(name, row[name]);
  }

  #value(name: string, value: unknown): void {
    let column = this.#columns.get(name);
    if (column === undefined) {
      if (this.#columns.size >= mostColumns) {
        this.#others += 1;
        return;
      }
      column = { rows: 0, kinds: new Map(), characters: new Spreading() };
      this.#columns.set(name, column);
    }
    const kind = kindOf(value);
    column.rows += 1;
    column.kinds.set(kind, (column.kinds.get(kind) ?? 0) + 1);
    if (typeof value === 'string') column.characters.add(value.length);
  }

  /** In the order in which they were first met. */
  facts(): { readonly columns: readonly ColumnFacts[]; readonly others: number } {
    const columns = [...this.#columns].map(([name, { rows, kinds, characters }]): ColumnFacts => {
      const hasText = kinds.has('text') || kinds.has('empty');
      return {
        ...{ name, rows, kinds: Object.fromEntries(kinds) },
        ...(hasText ? { characters: characters.spread() } : {}),
      };
    });
    return { columns, others: this.#others };
  }
}
