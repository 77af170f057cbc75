/** The manifest of a stack with one run, in the shape that the construct tree yields. */
import { hashOf } from '../../lib/base/hash.ts';
import type { JsonObject } from '../../lib/base/json.ts';
import type { Artifact, ArtifactKind, Job, Manifest } from '../../lib/manifest.ts';
import type { RunInput } from '../../lib/synth/input.ts';

export function manifestOf(input: RunInput): Omit<Manifest, 'files'> {
  const { stack, program, address, settings, layout, derived, identity, keys } = input;
  const where = { construct: `${stack}/${address}`, at: `${program}:12:1` };
  const artifact = (make: ArtifactKind, needs: string[], key = hashOf([make, address])): Artifact => ({
    life: 'artifact',
    address: `${address}#${make}`,
    needs,
    where,
    make,
    key,
    spec: {},
  });
  const prepared = [`${address}#environment`, `${address}#bundle`];
  const weights = keys.weights ? [artifact('weights', prepared, keys.weights)] : [];
  const made = [artifact('data', prepared, keys.data), ...weights, artifact('environment', []), artifact('bundle', [])];
  const job: Job = {
    life: 'job',
    does: 'train',
    program: 'stacks/demo.ts',
    address,
    needs: made.map((each) => each.address),
    where,
    identity,
    settings: settings as unknown as JsonObject,
    layout,
    derived,
    folder: address,
  };
  const { kind, workspace, ...cluster } = settings.cluster;
  const target = { kind, construct: `${stack}/cluster`, workspace, settings: cluster as unknown as JsonObject };
  return { format: 1, stack, program, target, resources: [job, ...made], findings: [] };
}
