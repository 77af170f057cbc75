/** Rows of data files, seen one after another: what a plan says of them. */

import type { Sha } from '../base/hash.ts';
import type { Finding, Where } from '../finding.ts';
import type { FileEncoding, FileType } from '../settings/formats.ts';
import { RowFaults } from './faults.ts';
import { type AskedShape, type Mapped, mappedColumns, shapeOf } from './mapped.ts';
import { shownPath } from './paths.ts';
import type { RowShape } from './shapes.ts';

export interface FileFacts {
  readonly name: string;
  readonly sha256: Sha;
  readonly bytes: number;
  /** Absent for JSON. */
  readonly type?: FileType;
  /** Absent for UTF-8. */
  readonly encoding?: FileEncoding;
}

export interface Inspected {
  readonly files: readonly FileFacts[];
  /** Of `files`, as they were written or matched. */
  readonly paths: readonly string[];
  readonly rows: number;
  /** As it was asked for, or as the first row has it. */
  readonly shape: RowShape;
  readonly findings: readonly Finding[];
}

/** A row as its readers give it. */
interface SeenRow {
  readonly value: unknown;
  readonly line?: number | undefined;
  readonly repeated?: readonly string[] | undefined;
}

/** Rows of one file. Only the places of those that are named are kept. */
class SeenFile {
  readonly path: string;
  readonly #shown: string;
  #faults: RowFaults | undefined;
  readonly #places = new Map<number, string>();
  rows = 0;

  constructor(path: string) {
    this.path = path;
    this.#shown = shownPath(path);
  }

  see({ value, line, repeated }: SeenRow, shape: RowShape): void {
    this.#faults ??= new RowFaults(shape);
    const row = this.rows;
    this.rows += 1;
    if (!this.#faults.see(value, row, repeated)) return;
    this.#places.set(row, line === undefined ? `${this.#shown} row ${row + 1}` : `${this.#shown}:${line}`);
  }

  findings(where: Where): Finding[] {
    return this.#faults?.findings(where, this.#shown, (row) => this.#places.get(row) ?? '') ?? [];
  }
}

interface ReadFile {
  readonly path: string;
  readonly facts: FileFacts;
  readonly rows: number;
}

export class Inspection {
  readonly #asked: AskedShape;
  readonly #where: Where;
  readonly #read: ReadFile[] = [];
  readonly #findings: Finding[] = [];
  #mapped: Mapped | undefined;
  #isBroken = false;

  constructor(asked: AskedShape, where: Where) {
    this.#asked = asked;
    this.#where = where;
  }

  /** The rows of a file; `facts` come behind them. Where that fails, `broken` is told of it. */
  file(path: string): { see(row: SeenRow): void; end(facts: FileFacts): void; broken(finding: Finding): void } {
    const before = this.#mapped;
    const file = new SeenFile(path);
    return {
      see: (row) => {
        this.#mapped ??= mappedColumns(shapeOf(row.value, this.#asked));
        this.#mapped.see([row.value]);
        file.see(row, this.#mapped.shape);
      },
      end: (facts) => {
        this.#findings.push(...file.findings(this.#where));
        this.#read.push({ path, facts, rows: file.rows });
      },
      broken: (finding) => {
        // What cannot be read to its end says nothing of the others.
        this.#mapped = before;
        this.#isBroken = true;
        this.#findings.push(finding);
      },
    };
  }

  result(): Inspected {
    const read = this.#read;
    const missing = this.#isBroken ? [] : (this.#mapped?.findings(this.#where) ?? []);
    return {
      files: read.map(({ facts }) => facts),
      paths: read.map(({ path }) => path),
      rows: read.reduce((sum, { rows }) => sum + rows, 0),
      shape: this.#mapped?.shape ?? shapeOf(undefined, this.#asked),
      findings: [...this.#findings, ...missing],
    };
  }
}
