/** Environment variables of the training processes, on every host: ours, then the user's, which win. */
import type { Layout } from '../manifest.ts';
import type { RunSettings } from '../settings/run.ts';

function threads({ device, processesPerHost }: Layout): string | undefined {
  // A rank that drives a GPU needs few threads; ranks on a CPU would fight for the cores. One rank may have them all.
  if (device === 'gpu') return '8';
  return processesPerHost > 1 ? '1' : undefined;
}

/** By name, sorted. Never empty: an empty `.deepspeed_env` would be read as a mistake by a person. */
export function variables(
  settings: Pick<RunSettings, 'environment' | 'zero'>,
  layout: Layout,
): [name: string, value: string][] {
  const all: Record<string, string | undefined> = {
    HF_HUB_DISABLE_TELEMETRY: '1',
    // The data is tokenised before the ranks' workers fork, where the tokenizer's own threads would deadlock.
    TOKENIZERS_PARALLELISM: 'false',
    OMP_NUM_THREADS: threads(layout),
    DS_ACCELERATOR: settings.zero && layout.device === 'cpu' ? 'cpu' : undefined,
    ...settings.environment,
  };
  return Object.entries(all)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
