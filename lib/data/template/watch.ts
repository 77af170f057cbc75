/** Ends a template that would not end: in its loops, and where what it makes grows beyond all measure. */
import type { Node } from './nodes.ts';

export interface Limits {
  /** For one row. */
  readonly seconds: number;
  /** Letters of one text, or values of one list. */
  readonly size: number;
}

export type StoppedBy = 'time' | 'size';

/** Thrown in the midst of a row. */
export class Stopped extends Error {
  readonly by: StoppedBy;
  /** Of the template: the innermost loop that was running. Absent outside of loops. */
  readonly line: number | undefined;
  constructor(by: StoppedBy, line: number | undefined) {
    super(by === 'time' ? 'takes too long' : 'grows too large');
    this.by = by;
    this.line = line;
  }
}

/** The clock is looked at once in so many nodes. */
const nodesBetween = 1024;

export class Watch {
  readonly #limits: Limits;
  readonly #lines: ReadonlyMap<Node, number>;
  readonly #open: number[] = [];
  readonly #until: number;
  #nodes = 0;

  /** `lines`: of loops. The time runs from now. */
  constructor(limits: Limits, lines: ReadonlyMap<Node, number>) {
    this.#limits = limits;
    this.#lines = lines;
    this.#until = performance.now() + 1000 * limits.seconds;
  }

  /** A node is to be evaluated. Throws Stopped. */
  before(node: Node): void {
    const line = this.#lines.get(node);
    if (line !== undefined) this.#open.push(line);
    this.#nodes += 1;
    if (this.#nodes % nodesBetween === 0 && performance.now() > this.#until) this.#stop('time');
  }

  after(node: Node, value: unknown): void {
    const size = typeof value === 'string' || Array.isArray(value) ? value.length : 0;
    if (size > this.#limits.size) this.#stop('size');
    if (this.#lines.has(node)) this.#open.pop();
  }

  #stop(by: StoppedBy): never {
    throw new Stopped(by, this.#open.at(-1));
  }
}
