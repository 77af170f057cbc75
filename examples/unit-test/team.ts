// A team's own construct: the parts that are the same in every experiment, made once.
import { Cluster, Dataset, FineTune, type FineTuneProps, lora, Model } from 'cdksft';
import { Construct } from 'constructs';

export interface SevenBProps extends Partial<Omit<FineTuneProps, 'model' | 'data' | 'cluster'>> {
  /** Hosts as in ssh; without them the run stays on this machine. */
  readonly hosts?: string;
}

/** Llama-2 7B with LoRA, on our data and our machines. */
export class SevenB extends Construct {
  readonly run: FineTune;

  constructor(scope: Construct, id: string, { hosts, ...settings }: SevenBProps = {}) {
    super(scope, id);
    const cluster =
      hosts === undefined
        ? Cluster.local(this, 'here', { gpus: { type: 'H200', count: 1 } })
        : Cluster.ssh(this, 'cluster', { hosts, gpus: { type: 'H200', perNode: 8 }, workspace: '/shared/sft' });
    this.run = new FineTune(this, 'sft', {
      model: Model.fromHub(this, 'base', { id: 'meta-llama/Llama-2-7b-hf' }),
      data: Dataset.fromFile(this, 'rows', { path: 'examples/data/everyday.json' }),
      cluster,
      method: lora({ rank: 16, alpha: 32 }),
      batch: { micro: 4 },
      checkpoints: { steps: 5 },
      ...settings,
    });
  }
}
