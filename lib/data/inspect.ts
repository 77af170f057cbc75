/** What a plan says of data files: the hash of each, how it is written, its rows, and those that cannot be learnt from. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256 } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import type { Finding, Where } from '../finding.ts';
import { runApart } from './apart.ts';
import { BrokenData, Unfolds } from './broken.ts';
import { headOf, packingOf } from './bytes.ts';
import { columnarType, isColumnar } from './columnar.ts';
import { brokenFinding, readDataFile, typeOf } from './file.ts';
import { type Inspected, Inspection } from './inspection.ts';
import { KnownFiles } from './known-files.ts';
import type { AskedShape } from './mapped.ts';
import { namedFiles } from './paths.ts';
import type { Rows } from './rows.ts';

const MiB = 1024 ** 2;

export interface InspectOptions {
  /** The file that keeps what was found out of large ones, for this version of ours; without it nothing is kept. */
  readonly known?: { readonly path: string; readonly version: string; readonly now?: () => number };
  /** From so many bytes on, a file is read apart, in pieces; `unfolding`: one that is packed, or of columns. */
  readonly apartFrom?: { readonly text: number; readonly unfolding: number };
  /** From so many bytes of all files on, it is worth while to keep what was found. */
  readonly knownFrom?: number;
}

/** Smaller ones are read whole in less time than it takes to start a process. */
const usualApart = { text: 32 * MiB, unfolding: 4 * MiB };
const usualKnown = 8 * MiB;

export interface AskedFiles {
  readonly project: string;
  /** As they were written or matched. */
  readonly paths: readonly string[];
  readonly shape: AskedShape;
  readonly where: Where;
}

/** Of columns: a file of nothing but repeats takes no bytes, and each row of it takes memory. */
const mostValues = 2 ** 23;

/** MiB that reading apart may take: a row, or a group of rows that lie in columns, is held whole. */
const memory = 2048;
const outgrown = new BrokenData(
  'data/too-large',
  `needs more than ${memory} MiB to be read`,
  'Write smaller rows, or, of Parquet and Arrow, fewer rows a group.',
);

/** Undefined where there is nothing, or it may not be looked at: who reads it says so. */
function statOf(path: string) {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

function unfolds(path: string): boolean {
  const head = headOf(path);
  return packingOf(head) !== undefined || isColumnar(typeOf(path) ?? columnarType(head));
}

/** Who reads it says what is wrong with it. */
function isLarge(path: string, { text, unfolding }: NonNullable<InspectOptions['apartFrom']>): boolean {
  try {
    const stat = statSync(path);
    return stat.isFile() && (stat.size >= text || (stat.size >= unfolding && unfolds(path)));
  } catch {
    return false;
  }
}

function repeatedOf(rows: Rows): ReadonlyMap<number, readonly string[]> {
  const keys = new Map<number, string[]>();
  for (const { row, key } of rows.repeated) keys.set(row, [...(keys.get(row) ?? []), key]);
  return keys;
}

function whole({ project, paths, shape, where }: AskedFiles): Inspected {
  const inspection = new Inspection(shape, where);
  for (const path of paths) {
    const file = inspection.file(path);
    try {
      const { encoding } = shape;
      const { facts, rows } = readDataFile(resolve(project, path), { encoding, most: mostValues });
      const repeated = repeatedOf(rows);
      for (const [row, value] of rows.values.entries())
        file.see({ value, line: rows.lines[row], repeated: repeated.get(row) });
      file.end(facts);
    } catch (caught) {
      if (caught instanceof Unfolds) throw new Unfolds(path);
      if (!(caught instanceof BrokenData)) throw caught;
      file.broken(brokenFinding(caught, project, path, where));
    }
  }
  return inspection.result();
}

/** What was found; or the first file that is to be read apart. */
function inPlace(asked: AskedFiles, { apartFrom = usualApart }: InspectOptions): Inspected | string {
  const large = asked.paths.find((path) => isLarge(resolve(asked.project, path), apartFrom));
  if (large !== undefined) return large;
  try {
    return whole(asked);
  } catch (caught) {
    if (!(caught instanceof Unfolds)) throw caught;
    return caught.message;
  }
}

function read(asked: AskedFiles, options: InspectOptions): Inspected {
  const found = inPlace(asked, options);
  if (typeof found !== 'string') return found;
  const inspected = runApart(asked, memory);
  if (isInspected(inspected)) return inspected;
  // Its memory was not enough; which file it was, nobody has said, and most often there is one.
  const inspection = new Inspection(asked.shape, asked.where);
  inspection.file(found).broken(brokenFinding(outgrown, asked.project, found, asked.where));
  return inspection.result();
}

const isInspected = (value: unknown): value is Inspected =>
  isObject(value) &&
  [value.files, value.paths, value.findings].every(Array.isArray) &&
  typeof value.rows === 'number' &&
  isObject(value.shape);

function kept(asked: AskedFiles, options: InspectOptions): Inspected {
  const { known, knownFrom = usualKnown } = options;
  const paths = asked.paths.map((path) => resolve(asked.project, path));
  if (!known || paths.reduce((sum, path) => sum + Number(statOf(path)?.size ?? 0), 0) < knownFrom)
    return read(asked, options);
  const files = new KnownFiles(known.path, { isValue: isInspected, ...(known.now ? { now: known.now } : {}) });
  const stats = () => paths.flatMap((path) => statOf(path) ?? []);
  // Where it stands in the program makes no difference to what it says.
  const { project: _, where, ...question } = asked;
  const what = sha256(JSON.stringify([known.version, question]));
  const seen = files.seen(stats());
  const found = files.of(seen, what);
  if (found) return { ...found, findings: found.findings.map((finding) => placed(finding, where)) };
  const inspected = read({ ...asked, where: {} }, options);
  // What cannot be read may be read by somebody else.
  if (inspected.files.length === paths.length) files.keep(seen, stats(), inspected, what);
  files.save();
  return { ...inspected, findings: inspected.findings.map((finding) => placed(finding, where)) };
}

const placed = (finding: Finding, where: Where): Finding => ({ ...finding, where: { ...where, ...finding.where } });

/**
 * Reads files of rows, and checks the columns that the format needs. `project` is the folder that paths are relative to.
 * A file that cannot be read is no part of `files`. Findings carry the file's line.
 */
export function inspectFiles(
  project: string,
  written: readonly string[],
  shape: AskedShape,
  where: Where,
  options: InspectOptions = {},
): Inspected {
  const { paths, findings } = namedFiles(project, written, where);
  const all = [...(shape.fix?.behind ?? []), ...paths];
  const inspected = kept({ project, paths: all, shape, where }, options);
  return { ...inspected, findings: [...findings, ...inspected.findings] };
}
