/** What a person asks for by a run's name: `--replace`, `--target`. */
import { nearest } from '../base/nearest.ts';
import { exit, fail } from '../errors.ts';
import type { Job, Manifest } from '../manifest.ts';
import type { Asked } from '../plan/decide.ts';
import { jobsOf } from '../plan/match.ts';
import { beginsWith } from '../plan/upstream.ts';

interface Meant {
  readonly stack: string;
  readonly job: Job;
}

/** `address`, or `stack/address` where several stacks have it. */
export function runsMeant(given: string, manifests: readonly Manifest[]): readonly Meant[] {
  const known = manifests.flatMap((manifest) => jobsOf(manifest).map((job) => ({ stack: manifest.stack, job })));
  const meant = known.filter(({ stack, job }) => job.address === given || `${stack}/${job.address}` === given);
  if (meant.length > 0) return meant;
  const names = known.map(({ job }) => job.address);
  const guess = nearest(given, names);
  const fix = guess ? `Did you mean "${guess}"?` : `The runs here are: ${names.join(', ')}.`;
  throw fail('run/unknown', `There is no run "${given}".`, fix, { exit: exit.usage });
}

export function replaceOf(addresses: readonly string[], manifests: readonly Manifest[]): Record<string, Asked> {
  const meant = addresses.flatMap((given) => runsMeant(given, manifests));
  return Object.fromEntries(meant.map(({ job }) => [job.address, 'replace']));
}

/** A run and those whose results it begins with: without them it could not start. */
function withUpstreams({ stack, job }: Meant, manifests: readonly Manifest[]): string[] {
  const jobs = manifests.filter((one) => one.stack === stack).flatMap(jobsOf);
  const found = [job];
  for (const one of found) {
    const upstream = jobs.find(({ address }) => address === beginsWith(one)?.run);
    if (upstream && !found.includes(upstream)) found.push(upstream);
  }
  return found.map(({ address }) => address);
}

/** The stacks that are meant, and which of their runs, with what these begin with; all where none is named. */
export function targeted(
  addresses: readonly string[] | undefined,
  manifests: readonly Manifest[],
): { readonly chosen: readonly Manifest[]; readonly only?: ReadonlyMap<string, readonly string[]> } {
  if (!addresses) return { chosen: manifests };
  const only = new Map<string, string[]>();
  for (const meant of addresses.flatMap((given) => runsMeant(given, manifests)))
    only.set(meant.stack, [...(only.get(meant.stack) ?? []), ...withUpstreams(meant, manifests)]);
  return { chosen: manifests.filter(({ stack }) => only.has(stack)), only };
}

/** `--refresh-only` starts nothing, so it goes with nothing that asks for a start or for not looking. */
export function checkRefreshOnly(options: {
  readonly refreshOnly?: boolean;
  readonly refresh?: boolean;
  readonly replace?: readonly string[];
}): boolean {
  if (options.refreshOnly !== true) return false;
  const other = options.refresh === false ? '--no-refresh' : options.replace ? '--replace' : undefined;
  if (other === undefined) return true;
  throw fail('usage/arguments', `--refresh-only and ${other} exclude each other.`, 'Leave one of them out.', {
    exit: exit.usage,
  });
}
