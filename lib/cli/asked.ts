/** What a person asks for by a run's name: `--replace`, `sft resume`. */
import { nearest } from '../base/nearest.ts';
import { exit, fail } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { Asked } from '../plan/decide.ts';
import { jobsOf } from '../plan/match.ts';

/** `address`, or `stack/address` where several stacks have it. */
export function replaceOf(addresses: readonly string[], manifests: readonly Manifest[]): Record<string, Asked> {
  const asked: Record<string, Asked> = {};
  const known = manifests.flatMap((manifest) => jobsOf(manifest).map((job) => ({ stack: manifest.stack, job })));
  for (const given of addresses) {
    const meant = known.filter(({ stack, job }) => job.address === given || `${stack}/${job.address}` === given);
    if (meant.length === 0) {
      const names = known.map(({ job }) => job.address);
      const guess = nearest(given, names);
      const fix = guess ? `Did you mean "${guess}"?` : `The runs here are: ${names.join(', ')}.`;
      throw fail('run/unknown', `There is no run "${given}".`, fix, { exit: exit.usage });
    }
    for (const { job } of meant) asked[job.address] = 'replace';
  }
  return asked;
}
