/** Two runs, the second of which begins with what the first has learnt. */
import { type Collected, collect } from '../../lib/constructs/collect.ts';
import { FineTune, type FineTuneProps, lora, Model, type RunModelProps } from '../../lib/index.ts';
import type { Job, Manifest } from '../../lib/manifest.ts';
import { parts } from './stack.ts';

export type Change = Partial<FineTuneProps>;

export interface Chain {
  readonly first?: Change;
  readonly second?: Change;
  readonly use?: RunModelProps['use'];
  /** Of the first run. */
  readonly name?: string;
}

export function chain({ first = {}, second = {}, use, name = 'first' }: Chain = {}): Collected {
  const { app, stack, model, data, cluster } = parts();
  const common = { data, cluster, method: lora(), batch: { micro: 8 } } as const;
  const one = new FineTune(stack, name, { model, ...common, ...first });
  const from = Model.fromRun(stack, 'start', { run: one, use });
  new FineTune(stack, 'second', { model: from, ...common, ...second });
  return collect(app);
}

export function chainManifest(change: Chain = {}): Manifest {
  const { manifests, findings } = chain(change);
  const [manifest] = manifests;
  if (!manifest || findings.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(findings));
  return manifest;
}

export function jobAt(manifest: Manifest, address: string): Job {
  const found = manifest.resources.find((one) => one.life === 'job' && one.address === address);
  if (found?.life !== 'job') throw new Error(`no run ${address}`);
  return found;
}
