/** Rows that cannot be learnt from, or not as they seem to be meant: each kind of fault told once, with its first places. */
import { isObject } from '../base/json.ts';
import type { Finding, Severity, Where } from '../finding.ts';
import { type FormatColumn, formats } from '../settings/formats.ts';
import { exampleOf } from './example.ts';
import { type Kind, type Told, tells } from './fault-text.ts';
import { isError, type RowFault } from './row-fault.ts';
import { fitShape, type RowShape } from './shapes.ts';

interface Fault {
  readonly kind: Kind;
  readonly column: string;
  readonly detail: string | undefined;
  count: number;
  /** Of the first rows. */
  readonly rows: number[];
  /** Columns of the first row. */
  readonly has: readonly string[];
}

const places = 3;
/** Kept of each fault; a page has room for more than a line. */
const keptPlaces = 10;
/** Beyond, faults of one kind are told together, whatever their details are. */
const mostFaults = 20;

/** One kind of fault over all rows. */
export interface ToldFault extends Told {
  readonly severity: Severity;
  readonly count: number;
  /** The first of its rows, and the column; absent where it is the row itself. */
  readonly rows: readonly number[];
  readonly column?: string;
}

/** The faults of rows, in bounded memory. */
export class RowFaults {
  readonly #shape: RowShape;
  readonly #found = new Map<string, Fault>();
  #rows = 0;

  constructor(shape: RowShape) {
    this.#shape = shape;
  }

  /** Whether it is one of the first, which are named. `repeated`: keys that it has more than once. */
  see(value: unknown, row: number, repeated: readonly string[] = []): boolean {
    const isNamed = this.found(exampleOf(value, this.#shape.format, this.#shape.columns).faults, value, row);
    return repeated.map((key) => this.repeat(value, row, key)).includes(true) || isNamed;
  }

  /** Of a row that was read elsewhere. Whether it is one of the first, which are named. */
  found(faults: readonly RowFault[], value: unknown, row: number): boolean {
    this.#rows += 1;
    return faults.map((fault) => this.#add(fault, value, row)).includes(true);
  }

  /** A key that a row has more than once. */
  repeat(value: unknown, row: number, column: string): boolean {
    return isObject(value) && this.#add({ kind: 'repeated', column }, value, row);
  }

  #add(
    { kind, column, detail }: { kind: Kind; column: string; detail?: string },
    value: unknown,
    row: number,
  ): boolean {
    const exact = JSON.stringify([kind, column, detail]);
    const known = this.#found.has(exact) || this.#found.size < mostFaults;
    const key = known ? exact : JSON.stringify([kind, column]);
    let fault = this.#found.get(key);
    if (!fault) {
      const has = isObject(value) ? Object.keys(value) : [];
      fault = { kind, column, detail: known ? detail : undefined, count: 0, rows: [], has };
      this.#found.set(key, fault);
    }
    fault.count += 1;
    if (fault.rows.length >= keptPlaces) return false;
    fault.rows.push(row);
    return true;
  }

  /** Where no row has a column, the rows are of another shape; where one lacks what others have, it is a hole. */
  #missingFix({ column, count, has }: Fault): string {
    const { format, columns } = this.#shape;
    const needs = formats[format].required.map((name: FormatColumn) => columns[name] ?? name);
    const name = formats[format].required.find((_, index) => needs[index] === column);
    if (count === this.#rows && name !== undefined) return fitShape(has, this.#shape, name);
    return `Add the column: the format ${format} needs ${needs.join(', ')}.`;
  }

  /** `of`: " of FILE", or nothing. */
  #told(fault: Fault, of: string): Told {
    const { kind, column, detail, count } = fault;
    const who = `${count === 1 ? 'A row' : `${count} rows`}${of}`;
    if (kind === 'row') {
      const message = `${who} ${count === 1 ? 'is' : 'are'} no object { ... }.`;
      return { id: 'data/row', message, fix: 'Make each row an object of columns.' };
    }
    const has = `${who} ${count === 1 ? 'has' : 'have'}`;
    if (kind !== 'missing') return tells[kind](has, column, detail);
    const message = `${has} no column "${column}".`;
    return { id: 'data/missing-column', message, fix: this.#missingFix(fault) };
  }

  all(): ToldFault[] {
    return [...this.#found.values()].map((fault): ToldFault => {
      const { kind, column, count, rows } = fault;
      const severity = severityOf(fault);
      return { ...this.#told(fault, ''), severity, count, rows, ...(kind === 'row' ? {} : { column }) };
    });
  }

  /** `path`: the file's, as messages name it. `place`: of a row of it. */
  findings(where: Where, path: string, place: (row: number) => string): Finding[] {
    return [...this.#found.values()].map((fault): Finding => {
      const first = fault.rows.slice(0, places).map(place).join(', ');
      const more = fault.count > places ? ` and ${fault.count - places} more` : '';
      const at = { ...where, path: first + more };
      const { id, message, fix } = this.#told(fault, ` of ${path}`);
      return { id, severity: severityOf(fault), where: at, message, fix, count: fault.count };
    });
  }
}

const severityOf = ({ kind }: Pick<Fault, 'kind'>): Severity =>
  kind === 'repeated' || isError({ kind }) ? 'error' : 'warning';
