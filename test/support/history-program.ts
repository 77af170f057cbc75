/** What a user's program says at a moment of a history: one field for each class of change. */
import type { Manifest } from '../../lib/manifest.ts';
import { stackOf } from './stacks.ts';

export interface Program {
  /** The run's own name; each other name that it may have had is declared as moved. */
  readonly name: 'sft' | 'base';
  /** Semantic. */
  readonly rate: 1e-4 | 1e-3;
  /** Placement. */
  readonly processes: 1 | 2;
  /** Operational. */
  readonly logging: 1 | 2;
  /** Cosmetic. */
  readonly note: 'a' | 'b';
  readonly protect: boolean;
  /** Whether there is a second run. */
  readonly more: boolean;
}

export const first: Program = {
  name: 'sft',
  rate: 1e-4,
  processes: 1,
  logging: 1,
  note: 'a',
  protect: false,
  more: true,
};

const bare = { model: { source: 'path', path: '/models/m' }, maxSteps: 10, batch: { micro: 1, global: 2 } };

const made = new Map<string, Manifest>();

export function manifestFor(program: Program): Manifest {
  const key = JSON.stringify(program);
  const known = made.get(key);
  if (known) return known;
  const { name, rate, processes, logging, note, protect, more } = program;
  const cluster = { kind: 'local', processes };
  const own = { ...bare, learningRate: rate, logging, cluster, tags: { note }, ...(protect ? { protect } : {}) };
  const moved = [name === 'base' ? { from: 'sft', to: 'base' } : { from: 'base', to: 'sft' }];
  const manifest = { ...stackOf({ ...(more ? { more: bare } : {}), [name]: own }), moved };
  made.set(key, manifest);
  return manifest;
}
