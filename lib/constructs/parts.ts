/** What a run is made of. Each construct is data and a place in the tree; `collect.ts` reads them. */
import type { Construct } from 'constructs';
import type { FileDatasetInput, HubDatasetInput } from '../settings/inputs/dataset.ts';
import type { LocalClusterInput, SlurmClusterInput, SshClusterInput } from '../settings/inputs/parts.ts';
import { Element } from './element.ts';
import type { Below } from './position.ts';

/** Rows to learn from. Made by `fromFile` or `fromHub`. */
export class Dataset extends Element {
  /** Where its rows come from. */
  readonly source: 'file' | 'hub';

  /** @internal */
  private constructor(scope: Construct, id: string, source: Dataset['source'], props: unknown, below: Below) {
    super(scope, id, props, 'Dataset', below);
    this.source = source;
  }

  /**
   * A JSON array of objects or JSON lines; the path is relative to the project's folder. It is read when the program
   * runs: errors `data/...` name the line of a row that is not as its format says.
   */
  static fromFile(scope: Construct, id: string, props: FileDatasetInput): Dataset {
    return new Dataset(scope, id, 'file', props, Dataset.fromFile);
  }

  /** A dataset of the Hugging Face Hub, by its id or by a `preset`, read on the node that prepares it. */
  static fromHub(scope: Construct, id: string, props: HubDatasetInput): Dataset {
    return new Dataset(scope, id, 'hub', props, Dataset.fromHub);
  }
}

/** Where runs go. Made by `local`, `ssh` or `slurm`. */
export class Cluster extends Element {
  /** How it is reached. */
  readonly kind: 'local' | 'ssh' | 'slurm';

  /** @internal */
  private constructor(scope: Construct, id: string, kind: Cluster['kind'], props: unknown, below: Below) {
    super(scope, id, props, 'Cluster', below);
    this.kind = kind;
  }

  /** This machine: its CPU, or its GPUs where `gpus` says how many. */
  static local(scope: Construct, id: string, props: LocalClusterInput = {}): Cluster {
    return new Cluster(scope, id, 'local', props, Cluster.local);
  }

  /** Hosts reached by ssh, with a workspace that all of them see. */
  static ssh(scope: Construct, id: string, props: SshClusterInput): Cluster {
    return new Cluster(scope, id, 'ssh', props, Cluster.ssh);
  }

  /** Nodes of a Slurm cluster, one job for each attempt. */
  static slurm(scope: Construct, id: string, props: SlurmClusterInput): Cluster {
    return new Cluster(scope, id, 'slurm', props, Cluster.slurm);
  }
}
