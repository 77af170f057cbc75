/** Does things in the order of their needs, side by side where they are independent. */
import { setTimeout as sleep } from 'node:timers/promises';

export type Outcome = 'done' | 'failed' | 'skipped' | 'unknown' | 'interrupted';

export interface Node {
  readonly address: string;
  /** Addresses that must be done before; those that are no node are done already. */
  readonly needs: readonly string[];
}

export interface WalkOptions<N extends Node> {
  /** An outcome for what may go wrong on a target; what it throws stops the whole walk. */
  readonly act: (node: N) => Promise<Outcome>;
  /** Told of nodes that were not begun, with the address that stood in their way. */
  readonly skip: (node: N, because: string | undefined) => void;
  readonly signal: AbortSignal;
  readonly parallelism: number;
  /** How long what is under way may go on after the signal. */
  readonly graceSeconds: number;
}

type Outcomes = Map<string, Outcome>;

/** Resolves a while after the signal, or never. */
async function abandonment(signal: AbortSignal, seconds: number, over: AbortSignal): Promise<'abandoned'> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true, signal: over }));
  await sleep(seconds * 1000, undefined, { signal: over });
  return 'abandoned';
}

function waitsFor(node: Node, outcomes: Outcomes, all: ReadonlySet<string>): 'ready' | 'wait' | { blocked: string } {
  const needs = node.needs.filter((need) => all.has(need));
  const blocked = needs.find((need) => outcomes.has(need) && outcomes.get(need) !== 'done');
  if (blocked !== undefined) return { blocked };
  return needs.every((need) => outcomes.has(need)) ? 'ready' : 'wait';
}

class Walk<N extends Node> {
  readonly outcomes: Outcomes = new Map();
  readonly #all: ReadonlySet<string>;
  readonly #options: WalkOptions<N>;
  readonly #running = new Map<string, Promise<void>>();
  #waiting: readonly N[];

  constructor(nodes: readonly N[], options: WalkOptions<N>) {
    this.#all = new Set(nodes.map((node) => node.address));
    this.#options = options;
    this.#waiting = nodes;
  }

  #begin(node: N): void {
    const run = this.#options.act(node).then((outcome) => {
      this.outcomes.set(node.address, outcome);
      this.#running.delete(node.address);
    });
    // An abandoned one has nobody who waits for it.
    run.catch(() => undefined);
    this.#running.set(node.address, run);
  }

  /** Begins what can begin; true while anything changed, since a skipped node may settle another. */
  #advance(): boolean {
    const before = this.#waiting.length;
    const later: N[] = [];
    for (const node of this.#waiting) {
      const state = this.#options.signal.aborted ? 'wait' : waitsFor(node, this.outcomes, this.#all);
      if (state === 'ready' && this.#running.size < this.#options.parallelism) this.#begin(node);
      else if (typeof state === 'object') {
        this.outcomes.set(node.address, 'skipped');
        this.#options.skip(node, state.blocked);
      } else later.push(node);
    }
    this.#waiting = later;
    return later.length < before;
  }

  async run(): Promise<void> {
    const over = new AbortController();
    const { signal, graceSeconds } = this.#options;
    const abandoned = abandonment(signal, graceSeconds, over.signal).catch(() => 'over' as const);
    try {
      for (;;) {
        while (this.#advance());
        if (this.#running.size === 0) break;
        if ((await Promise.race([...this.#running.values(), abandoned])) === 'abandoned') break;
      }
    } finally {
      over.abort();
    }
    for (const address of this.#running.keys()) this.outcomes.set(address, 'interrupted');
    for (const node of this.#waiting) {
      this.outcomes.set(node.address, 'skipped');
      this.#options.skip(node, undefined);
    }
  }
}

export async function walk<N extends Node>(nodes: readonly N[], options: WalkOptions<N>): Promise<Outcomes> {
  const walking = new Walk(nodes, options);
  await walking.run();
  // A snapshot: what was abandoned may still end, which changes nothing any more.
  return new Map(walking.outcomes);
}
