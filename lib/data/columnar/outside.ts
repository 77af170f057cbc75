/** What readers of tables of columns are handed: in the published package they are a bundle of their own. */
export interface Outside {
  /** For a value that JSON has no type for. */
  readonly foreign: (type: string) => unknown;
  /** What is thrown; `id` of a finding, `message` goes on from the file's name. */
  readonly broken: (id: string, message: string) => Error;
  /** Told of the values in the file before any of them is made; may throw. */
  readonly onValues?: (values: number) => void;
}

/** Parts of a file. */
export interface Ranges {
  readonly size: number;
  /** The bytes from `from` to before `to`. */
  read(from: number, to: number): Uint8Array;
}

/** Values in one file: a column of nothing but repeats takes no bytes, and each row of it takes memory. */
export const mostValues = 2 ** 28;

/** Where a part of a file says how large it is when it is unpacked: much more is a lie, or a bomb. */
export function checkUnpacked(claimed: number, packed: number): void {
  const most = Math.max(64 * 1024 ** 2, 100 * packed);
  if (claimed > most) throw new Error(`a part of ${packed} bytes says that it unpacks to ${claimed}`);
}

/** As JSON nests, so may types. */
export const deepestType = 200;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textOf(bytes: Uint8Array, outside: Outside): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw outside.broken('data/encoding', 'has a text that is not UTF-8');
  }
}

/** JSON has no word for what is not finite, and numbers of 64 bits become what JSON.parse makes of them. */
export function numberOf(value: number | bigint): number | null {
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** Two columns of a name: which one counts, nobody has said. */
export function checkNames(names: readonly string[], outside: Outside): void {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw outside.broken('data/header', `has the column "${twice}" twice`);
}

/** A row of these columns. As JSON.parse does: "__proto__" is a column like any other. */
export function rowOf(names: readonly string[], value: (column: number) => unknown): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [column, name] of names.entries())
    if (name === '__proto__') Object.defineProperty(row, name, { value: value(column), enumerable: true });
    else row[name] = value(column);
  return row;
}
