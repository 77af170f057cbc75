/** Where blocks of `generation` begin and end in what is written: marked by letters that do not occur in it, and taken out again. */

export type Marks = readonly [open: string, close: string];

/** From, to (behind the last). */
type Block = readonly [number, number];

export interface Unmarked {
  readonly text: string;
  readonly trained: readonly Block[];
  readonly blocks: readonly Block[];
}

const pairs = 0x800;

/** Two letters of the private-use area at a time: the text decides which pair will do. */
export function* allMarks(): Generator<Marks> {
  for (let attempt = 0; attempt < pairs; attempt += 1) {
    const first = 0xe000 + 2 * attempt;
    yield [String.fromCharCode(first), String.fromCharCode(first + 1)];
  }
}

/** In order, without empty ones; where one begins as the last one ends, they are one. */
function joined(blocks: readonly Block[]): Block[] {
  const found: [number, number][] = [];
  for (const [start, end] of [...blocks].sort(([a], [b]) => a - b)) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (start < end) found.push([start, end]);
  }
  return found;
}

/** Undefined where the marks are not those that were put there. `count`: how many blocks were. */
export function withoutMarks(marked: string, [open, close]: Marks, count: number): Unmarked | undefined {
  const blocks: Block[] = [];
  const begun: number[] = [];
  let [text, found] = ['', 0];
  for (const part of marked.split(new RegExp(`([${open}${close}])`))) {
    if (part === open) {
      found += 1;
      begun.push(text.length);
    } else if (part === close) {
      const own = begun.pop();
      if (own === undefined) return undefined;
      const start = begun[0] ?? own;
      blocks.push([start, start + text.length - own]);
    } else text += part;
  }
  return found === count && blocks.length === count ? { text, trained: joined(blocks), blocks } : undefined;
}
