/** Does things in the order of their needs, side by side where they are independent. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How a step ended. `unknown`: the target did not answer. */
export type Outcome = 'done' | 'failed' | 'skipped' | 'unknown' | 'interrupted';

export interface Node {
  readonly address: string;
  /** Addresses that must be done before; those that are no node are done already. */
  readonly needs: readonly string[];
  /** It only waits: it takes no place among those that are done side by side. */
  readonly waits?: true;
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

/** Each node is looked at once for each of its needs, so that thousands of runs take no longer than they must. */
class Walk<N extends Node> {
  readonly outcomes: Outcomes = new Map();
  readonly #options: WalkOptions<N>;
  readonly #running = new Map<string, Promise<void>>();
  /** Needs that are not done yet; a node is taken out when it begins, or is skipped. */
  readonly #waiting = new Map<N, Set<string>>();
  readonly #neededBy = new Map<string, N[]>();
  readonly #ready: N[] = [];
  /** Ready too; they only wait, and so begin whatever else is under way. */
  readonly #idle: N[] = [];
  #busy = 0;
  #begun = 0;

  constructor(nodes: readonly N[], options: WalkOptions<N>) {
    this.#options = options;
    const all = new Set(nodes.map((node) => node.address));
    for (const node of nodes) {
      const needs = new Set(node.needs.filter((need) => all.has(need)));
      this.#waiting.set(node, needs);
      if (needs.size === 0) this.#enqueue(node);
      for (const need of needs) this.#dependants(need).push(node);
    }
  }

  #enqueue(node: N): void {
    (node.waits ? this.#idle : this.#ready).push(node);
  }

  #dependants(address: string): N[] {
    const known = this.#neededBy.get(address) ?? [];
    this.#neededBy.set(address, known);
    return known;
  }

  #begin(node: N): void {
    this.#waiting.delete(node);
    const weight = node.waits ? 0 : 1;
    this.#busy += weight;
    const run = this.#options.act(node).then((outcome) => {
      this.#running.delete(node.address);
      this.#busy -= weight;
      this.#settle(node, outcome);
    });
    // An abandoned one has nobody who waits for it.
    run.catch(() => undefined);
    this.#running.set(node.address, run);
  }

  /** Notes an outcome. What waited for it can begin, or is skipped, which may settle others. */
  #settle(node: N, outcome: Outcome): void {
    this.outcomes.set(node.address, outcome);
    if (this.#options.signal.aborted) return;
    const settled = [node];
    for (let one = settled.pop(); one; one = settled.pop())
      for (const next of this.#neededBy.get(one.address) ?? []) {
        const needs = this.#waiting.get(next);
        if (!needs) continue;
        if (this.outcomes.get(one.address) === 'done') {
          needs.delete(one.address);
          if (needs.size === 0) this.#enqueue(next);
          continue;
        }
        this.#waiting.delete(next);
        this.outcomes.set(next.address, 'skipped');
        this.#options.skip(next, one.address);
        settled.push(next);
      }
  }

  #advance(): void {
    const { signal, parallelism } = this.#options;
    while (!signal.aborted && this.#idle.length > 0) for (const node of this.#idle.splice(0)) this.#begin(node);
    while (!signal.aborted && this.#busy < parallelism) {
      const next = this.#ready[this.#begun];
      if (!next) return;
      this.#begun += 1;
      this.#begin(next);
    }
  }

  async run(): Promise<void> {
    const over = new AbortController();
    const { signal, graceSeconds } = this.#options;
    const abandoned = abandonment(signal, graceSeconds, over.signal).catch(() => 'over' as const);
    try {
      for (;;) {
        this.#advance();
        if (this.#running.size === 0) break;
        if ((await Promise.race([...this.#running.values(), abandoned])) === 'abandoned') break;
      }
    } finally {
      over.abort();
    }
    for (const address of this.#running.keys()) this.outcomes.set(address, 'interrupted');
    for (const node of this.#waiting.keys()) {
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
