/** Rows of data files, seen one after another: what a plan says of them. */

import type { Sha } from '../base/hash.ts';
import type { Finding, Where } from '../finding.ts';
import type { FixCounts } from '../settings/fixes.ts';
import type { FileEncoding, FileType } from '../settings/formats.ts';
import { RowFaults } from './faults.ts';
import { Fixes } from './fix/fixes.ts';
import { HeldRows } from './held-rows.ts';
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
  /** Those that are left out are not counted. */
  readonly rows: number;
  /** What is left out; absent where nothing is to be fixed. */
  readonly fixed?: FixCounts;
  /** Of those that are taken, how many are held out by what they say; absent where it is not asked for. */
  readonly held?: number;
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

/** Over all files. */
interface Counting {
  readonly fixes: Fixes | undefined;
  readonly held: HeldRows | undefined;
}

/** Rows of one file. Only the places of those that are named are kept. */
class SeenFile {
  readonly path: string;
  readonly #shown: string;
  #faults: RowFaults | undefined;
  readonly #places = new Map<number, string>();
  #seen = 0;
  /** Without those that are left out. */
  rows = 0;

  constructor(path: string) {
    this.path = path;
    this.#shown = shownPath(path);
  }

  see({ value, line, repeated }: SeenRow, shape: RowShape, { fixes, held }: Counting): void {
    this.#faults ??= new RowFaults(shape);
    const row = this.#seen;
    this.#seen += 1;
    const place = () => (line === undefined ? `${this.#shown} row ${row + 1}` : `${this.#shown}:${line}`);
    if (fixes?.see(value, place) !== undefined) return;
    this.rows += 1;
    held?.see(value, shape);
    if (this.#faults.see(value, row, repeated)) this.#places.set(row, place());
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
  /** Of the files that go before. */
  #before: Fixes | undefined;
  #fixes: Fixes | undefined;
  readonly #held: HeldRows | undefined;
  #left: number;
  #isBroken = false;

  constructor(asked: AskedShape, where: Where) {
    this.#asked = asked;
    this.#where = where;
    this.#held = asked.held && new HeldRows(asked.held);
    this.#left = asked.fix?.behind?.length ?? 0;
  }

  /** The rows of a file; `facts` come behind them. Where that fails, `broken` is told of it. */
  file(path: string): { see(row: SeenRow): void; end(facts: FileFacts): void; broken(finding: Finding): void } {
    this.#left -= 1;
    if (this.#left >= 0) return this.#earlier();
    const before = this.#mapped;
    const file = new SeenFile(path);
    return {
      see: (row) => {
        this.#mapped ??= mappedColumns(shapeOf(row.value, this.#asked));
        this.#mapped.see([row.value]);
        this.#fixes ??= this.#fixing(this.#mapped.shape);
        file.see(row, this.#mapped.shape, { fixes: this.#fixes, held: this.#held });
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

  /** One that goes before: what is wrong with it was said where it was read for itself. */
  #earlier(): ReturnType<Inspection['file']> {
    const place = () => '';
    return {
      see: ({ value }) => {
        this.#before ??= this.#fixing(shapeOf(value, this.#asked));
        this.#before?.see(value, place);
      },
      end: () => {},
      broken: (finding) => {
        this.#isBroken = true;
        this.#findings.push(finding);
      },
    };
  }

  #fixing(shape: RowShape): Fixes | undefined {
    return this.#before?.next() ?? (this.#asked.fix && new Fixes(this.#asked.fix, shape));
  }

  result(): Inspected {
    const read = this.#read;
    const told = [...(this.#mapped?.findings(this.#where) ?? []), ...(this.#fixes?.findings(this.#where) ?? [])];
    const missing = this.#isBroken ? [] : told;
    return {
      files: read.map(({ facts }) => facts),
      paths: read.map(({ path }) => path),
      rows: read.reduce((sum, { rows }) => sum + rows, 0),
      ...(this.#fixes && !this.#isBroken ? { fixed: this.#fixes.counts() } : {}),
      ...(this.#held && !this.#isBroken ? { held: this.#held.count() } : {}),
      shape: this.#mapped?.shape ?? shapeOf(undefined, this.#asked),
      findings: [...this.#findings, ...missing],
    };
  }
}
