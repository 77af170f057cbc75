/** Builds small trees in one process, without `synth()`: what `collect` says of them. */
import type { Collected } from '../../lib/constructs/collect.ts';
import { collect } from '../../lib/constructs/collect.ts';
import {
  App,
  Cluster,
  Dataset,
  FineTune,
  type FineTuneProps,
  lora,
  Model,
  Stack,
  type StackProps,
} from '../../lib/index.ts';
import type { Job } from '../../lib/manifest.ts';

export interface Parts {
  readonly app: App;
  readonly stack: Stack;
  readonly model: Model;
  readonly data: Dataset;
  readonly cluster: Cluster;
}

/** Rows that the project ships: tests run in its folder. */
export const rows = 'examples/data/everyday.json';

export function parts(id = 'demo', props: StackProps = {}): Parts {
  const app = new App();
  const stack = new Stack(app, id, props);
  return {
    app,
    stack,
    model: Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' }),
    data: Dataset.fromFile(stack, 'rows', { path: rows }),
    cluster: Cluster.local(stack, 'here'),
  };
}

/** A tree with one run, whose settings a test changes. */
export function oneRun(change: Partial<FineTuneProps> | ((parts: Parts) => Partial<FineTuneProps>) = {}): Collected {
  const made = parts();
  const { app, stack, model, data, cluster } = made;
  const changed = typeof change === 'function' ? change(made) : change;
  new FineTune(stack, 'sft', { model, data, cluster, method: lora(), batch: { micro: 8 }, ...changed });
  return collect(app);
}

export function jobOf({ manifests }: Collected): Job {
  const job = manifests[0]?.resources.find((resource) => resource.life === 'job');
  if (job?.life !== 'job') throw new Error('no job was collected');
  return job;
}
