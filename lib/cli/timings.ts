/** How long each phase of a command took, for `--debug`. */

interface Phase {
  /** How many are in it now: stacks are planned side by side. */
  active: number;
  since: number;
  /** Milliseconds in which one at least was in it. */
  total: number;
}

const phases = new Map<string, Phase>();

function begin(name: string): () => void {
  const phase = phases.get(name) ?? { active: 0, since: 0, total: 0 };
  phases.set(name, phase);
  if (phase.active === 0) phase.since = performance.now();
  phase.active += 1;
  return () => {
    phase.active -= 1;
    if (phase.active === 0) phase.total += performance.now() - phase.since;
  };
}

export async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const end = begin(name);
  try {
    return await work();
  } finally {
    end();
  }
}

export function timedNow<T>(name: string, work: () => T): T {
  const end = begin(name);
  try {
    return work();
  } finally {
    end();
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`;

/** One line: the phases in the order in which they began, and all since the process was started; empty without any. */
export function timingsText(): string {
  if (phases.size === 0) return '';
  const parts = [...phases].map(([name, { total }]) => `${name} ${seconds(total)}`);
  return `time: ${parts.join(', ')}; in all ${seconds(performance.now())}`;
}
