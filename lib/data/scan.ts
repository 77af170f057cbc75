/** What JSON.parse does not tell of a text that it takes: on which lines values begin, how deep they nest, keys written twice. */

/** Python's parser, which reads the same rows, ends at a thousand levels less what it stands in. */
export const deepest = 200;

export interface Scanned {
  /** Line, from 1, on which each row begins. */
  readonly lines: readonly number[];
  /** Keys that a row has more than once. */
  readonly repeated: readonly { readonly row: number; readonly key: string }[];
  /** The line on which it first nests deeper than allowed. */
  readonly tooDeep?: number;
}

/** The offset behind a string that begins at `at`. */
function behindString(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

const isSpace = (mark: string) => mark === ' ' || mark === '\t' || mark === '\r' || mark === '\n';

class Scanner {
  readonly lines: number[] = [];
  readonly repeated: { row: number; key: string }[] = [];
  tooDeep: number | undefined;
  line = 1;
  #depth = 0;
  #awaited: boolean;
  #keys = new Set<string>();
  readonly #level: number;

  constructor(level: number) {
    this.#level = level;
    this.#awaited = level === 0;
  }

  /** A mark outside of strings. */
  mark(mark: string): void {
    if (mark === '\n') this.line += 1;
    if (isSpace(mark)) return;
    if (mark === ',' && this.#depth === this.#level) this.#awaited = true;
    else if (this.#awaited && mark !== ']') this.#begin();
    if (mark === '{' || mark === '[') this.#open();
    else if (mark === '}' || mark === ']') this.#depth -= 1;
  }

  string(text: string, at: number, end: number): void {
    if (this.#awaited) this.#begin();
    else if (this.#depth === this.#level + 1 && isKey(text, end)) this.#key(text.slice(at, end));
  }

  #begin(): void {
    this.#awaited = false;
    this.lines.push(this.line);
    this.#keys.clear();
  }

  #open(): void {
    this.#depth += 1;
    if (this.#depth > deepest) this.tooDeep ??= this.line;
    if (this.#level === 1 && this.#depth === 1) this.#awaited = true;
  }

  #key(quoted: string): void {
    const key = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
    if (this.#keys.has(key)) this.repeated.push({ row: this.lines.length - 1, key });
    this.#keys.add(key);
  }
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && isSpace(text[at] as string)) at += 1;
  return text[at] === ':';
}

/** `level`: 1 where rows are the elements of an array, 0 where the text is one row. For JSON that JSON.parse takes. */
export function scan(text: string, level: 0 | 1): Scanned {
  const scanner = new Scanner(level);
  for (let at = 0; at < text.length; ) {
    const mark = text[at] as string;
    const end = mark === '"' ? behindString(text, at) : at + 1;
    if (mark === '"') scanner.string(text, at, end);
    else scanner.mark(mark);
    at = end;
  }
  const { lines, repeated, tooDeep } = scanner;
  return { lines, repeated, ...(tooDeep === undefined ? {} : { tooDeep }) };
}

/** The line on which a text that may be no JSON nests too deep: whoever looks closer would run out of stack. */
export function tooDeepAt(text: string): number | undefined {
  let [depth, line] = [0, 1];
  for (let at = 0; at < text.length; ) {
    const mark = text[at] as string;
    if (mark === '\n') line += 1;
    if (mark === '{' || mark === '[') depth += 1;
    if (mark === '}' || mark === ']') depth -= 1;
    if (depth > deepest) return line;
    at = mark === '"' ? behindString(text, at) : at + 1;
  }
  return undefined;
}
