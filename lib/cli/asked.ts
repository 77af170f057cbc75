/** What a person asks for by a run's name: `--replace`, `--target`. */
import { nearest } from '../base/nearest.ts';
import { exit, fail } from '../errors.ts';
import type { Job, Manifest } from '../manifest.ts';
import type { Asked } from '../plan/decide.ts';
import { jobsOf } from '../plan/match.ts';

interface Meant {
  readonly stack: string;
  readonly job: Job;
}

/** `address`, or `stack/address` where several stacks have it. */
function meantBy(given: string, manifests: readonly Manifest[]): readonly Meant[] {
  const known = manifests.flatMap((manifest) => jobsOf(manifest).map((job) => ({ stack: manifest.stack, job })));
  const meant = known.filter(({ stack, job }) => job.address === given || `${stack}/${job.address}` === given);
  if (meant.length > 0) return meant;
  const names = known.map(({ job }) => job.address);
  const guess = nearest(given, names);
  const fix = guess ? `Did you mean "${guess}"?` : `The runs here are: ${names.join(', ')}.`;
  throw fail('run/unknown', `There is no run "${given}".`, fix, { exit: exit.usage });
}

export function replaceOf(addresses: readonly string[], manifests: readonly Manifest[]): Record<string, Asked> {
  const meant = addresses.flatMap((given) => meantBy(given, manifests));
  return Object.fromEntries(meant.map(({ job }) => [job.address, 'replace']));
}

/** The stacks that are meant, and which of their runs; all where none is named. */
export function targeted(
  addresses: readonly string[] | undefined,
  manifests: readonly Manifest[],
): { readonly chosen: readonly Manifest[]; readonly only?: ReadonlyMap<string, readonly string[]> } {
  if (!addresses) return { chosen: manifests };
  const only = new Map<string, string[]>();
  for (const { stack, job } of addresses.flatMap((given) => meantBy(given, manifests)))
    only.set(stack, [...(only.get(stack) ?? []), job.address]);
  return { chosen: manifests.filter(({ stack }) => only.has(stack)), only };
}
