/** Environment variables of the training processes, on every host: ours, then the user's, which win. */

import { isReference, type SecretReference } from '../base/secret.ts';
import type { Layout } from '../manifest.ts';
import type { RunSettings } from '../settings/run.ts';

/** Threads of one rank, and what they do while they wait. */
function threads({ device, processesPerHost }: Layout): Readonly<Record<string, string>> {
  // A rank that drives a GPU needs few threads; ranks on a CPU would fight for the cores. One rank may have them all.
  if (device === 'gpu') return { OMP_NUM_THREADS: '8' };
  if (processesPerHost > 1) return { OMP_NUM_THREADS: '1' };
  // Waiting threads otherwise spin, and a step took ten times as long on two cores that something else used too.
  return { OMP_WAIT_POLICY: 'PASSIVE' };
}

/** By name, sorted. Never empty: an empty `.deepspeed_env` would be read as a mistake by a person. */
export function variables(
  settings: Pick<RunSettings, 'environment' | 'zero'>,
  layout: Layout,
): [name: string, value: string][] {
  const all: Record<string, string | SecretReference | undefined> = {
    HF_HUB_DISABLE_TELEMETRY: '1',
    // The data is tokenised before the ranks' workers fork, where the tokenizer's own threads would deadlock.
    TOKENIZERS_PARALLELISM: 'false',
    ...threads(layout),
    DS_ACCELERATOR: settings.zero && layout.device === 'cpu' ? 'cpu' : undefined,
    ...settings.environment,
  };
  return Object.entries(all)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Variables whose values the supervisor finds on the node; undefined where there are none. */
export function secretsOf(settings: Pick<RunSettings, 'environment'>): Record<string, SecretReference> | undefined {
  const found = Object.entries(settings.environment).flatMap(([name, value]) =>
    isReference(value) ? [[name, value] as const] : [],
  );
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
