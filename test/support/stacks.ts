/** Whole manifests of several runs, for plans: each run as `FineTune` would yield it. */
import type { Manifest, Resource } from '../../lib/manifest.ts';
import { runInput } from './run-input.ts';
import { manifestOf } from './stack-manifest.ts';

/** `runs`: what differs from the least written settings, by address. */
export function stackOf(runs: Record<string, Record<string, unknown>>, stack = 'example'): Manifest {
  const manifests = Object.entries(runs).map(([address, changes]) =>
    manifestOf(runInput(changes, { stack, address, ...weightsKey })),
  );
  const resources: Resource[] = manifests.flatMap((manifest) => manifest.resources);
  const target = manifests[0]?.target;
  return {
    format: 1,
    stack,
    program: `stacks/${stack}.ts`,
    ...(target ? { target } : {}),
    resources,
    findings: [],
    files: [],
  };
}

const weightsKey = { keys: { data: 'da'.repeat(32), weights: 'ee'.repeat(32) } };
