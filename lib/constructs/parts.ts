/** What a run is made of. Each construct is data and a place in the tree; `collect.ts` reads them. */
import type { Construct } from 'constructs';
import type { Overrides } from '../settings/documents.ts';
import type { FileDatasetInput, HubDatasetInput } from '../settings/inputs/dataset.ts';
import type { LocalClusterInput, SlurmClusterInput, SshClusterInput } from '../settings/inputs/parts.ts';
import { Element } from './element.ts';
import type { Below } from './position.ts';

/** One dataset of a mix. */
export interface MixPart {
  /** Made by `Dataset.fromFile`; its own path, format, columns, encoding, fix and samples count. */
  readonly data: Dataset;
  /** Its proportion of the rows, beside the weights of the others: above 0. */
  readonly weight: number;
}

/** Settings of `Dataset.mix()`. */
export interface MixProps {
  /** Two or more, whose rows become text in one way: docs/data.md, Mixes. */
  readonly parts: readonly MixPart[];
  /** At most so many rows in all. Default: until the first part is used up. */
  readonly rows?: number | undefined;
  /** Draws the rows of each part, and those held out. Default: 42. */
  readonly seed?: number | undefined;
  /** Part of the mixed rows that is held out, to evaluate on. */
  readonly evaluation?: { readonly share: number } | undefined;
  /** Values put into files of every run that learns from the mix. */
  readonly overrides?: Overrides | undefined;
}

/** Rows to learn from. Made by `fromFile`, `fromHub` or `mix`. */
export class Dataset extends Element {
  /** Where its rows come from. */
  readonly source: 'file' | 'hub' | 'mix';

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

  /**
   * Several datasets of files as one: of each so many rows that they stand in the proportion of the weights, until the
   * first is used up. No row is taken twice. docs/data.md, Mixes; errors `mix/...`.
   */
  static mix(scope: Construct, id: string, props: MixProps): Dataset {
    return new Dataset(scope, id, 'mix', props, Dataset.mix);
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
