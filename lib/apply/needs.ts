/** Which artifacts a job rests on, in the order in which they are built. */
import type { Artifact, Job, Manifest } from '../manifest.ts';
import type { RestsOn } from '../state/state.ts';

export type Artifacts = ReadonlyMap<string, Artifact>;

export function artifactsOf(manifest: Manifest): Artifacts {
  return new Map(
    manifest.resources.flatMap((resource) => (resource.life === 'artifact' ? [[resource.address, resource]] : [])),
  );
}

/** All that a job needs, directly or not; each after what it needs itself. */
export function artifactsFor(job: Job, artifacts: Artifacts): Artifact[] {
  const ordered = new Map<string, Artifact>();
  const visiting = new Set<string>();
  const visit = (address: string) => {
    const artifact = artifacts.get(address);
    if (!artifact || ordered.has(address) || visiting.has(address)) return;
    visiting.add(address);
    artifact.needs.forEach(visit);
    ordered.set(address, artifact);
  };
  job.needs.forEach(visit);
  return [...ordered.values()];
}

export function restsOn(artifacts: readonly Artifact[]): RestsOn {
  return Object.fromEntries(artifacts.map(({ address, make, key }) => [address, { make, key }]));
}
