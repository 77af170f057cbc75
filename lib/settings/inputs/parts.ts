/** What users write. Made from the settings table by `npm run docs`: change that, not this. */
import type { Overrides } from '../documents.ts';

/** Settings of `Model.fromHub()`. */
export interface HubModelInput {
  /** Hub id of the model. Fills `train.json#/model/id`. Change: semantic. */
  readonly id: string;
  /** Commit, tag or branch; a commit pins it. Fills `train.json#/model/revision`. Change: semantic. */
  readonly revision?: string | undefined;
  /**
   * The Hub’s token, by reference: secret.fromEnv(NAME) or secret.fromFile(PATH). Default: as the Hub’s own client
   * finds it. Fills `train.json#/model/token`. Change: operational.
   */
  readonly token?: { readonly fromEnv: string; } | { readonly fromFile: string; } | undefined;
  /**
   * Run code that the model’s repository brings. Default: `false`. Fills `train.json#/model/trust_remote_code`.
   * Change: semantic.
   */
  readonly trustRemoteCode?: boolean | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** Settings of `Model.fromPath()`. */
export interface PathModelInput {
  /**
   * Folder with config.json, weights and tokenizer, as the nodes see it. Fills `train.json#/model/path`. Change:
   * semantic.
   */
  readonly path: string;
  /**
   * Run code that the model’s repository brings. Default: `false`. Fills `train.json#/model/trust_remote_code`.
   * Change: semantic.
   */
  readonly trustRemoteCode?: boolean | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** Settings of `Model.fromConfig()`. */
export interface ConfigModelInput {
  /**
   * The architecture’s config.json; vocabulary and special tokens follow the tokenizer. Fills
   * `train.json#/model/config`. Change: semantic.
   */
  readonly config: { readonly model_type: string; readonly [key: string]: unknown; };
  /**
   * The tokenizer, trained on the dataset’s rows. Default: `{"vocabulary":2048}`. Fills `train.json#/model/tokenizer`.
   * Change: semantic.
   */
  readonly tokenizer?: TrainedTokenizerInput | undefined;
  /**
   * Seed of the random weights. Value: whole number from 0. Default: `0`. Fills `train.json#/model/seed`. Change:
   * semantic.
   */
  readonly seed?: number | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** Settings of `Cluster.local()`. */
export interface LocalClusterInput {
  /**
   * Folder for environments, data and runs; relative to the project’s folder. Default: `.sft/workspace`. Change:
   * placement.
   */
  readonly workspace?: string | undefined;
  /**
   * GPUs of this machine, one rank each; absent: train on the CPU. Fills `train.json#/sft/use_cpu`. Change: placement.
   */
  readonly gpus?: { readonly type: string; readonly count: number; } | undefined;
  /**
   * Ranks on the CPU (gloo); with gpus their count is used. Value: whole number from 1 to 64, in processes. Default:
   * `1`. Change: placement.
   */
  readonly processes?: number | undefined;
  /** Python (3.11 to 3.13) that the environment is made with. Default: `python3`. Change: operational. */
  readonly python?: string | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** Settings of `Cluster.ssh()`. */
export interface SshClusterInput {
  /** Hosts as a hostlist expression or a list; rank 0 is on the first. Fills `hostfile`. Change: placement. */
  readonly hosts: string | readonly string[];
  /** The GPUs of each node. */
  readonly gpus: NodeGpusInput;
  /** Folder that all nodes see, for environments, data, runs. Change: placement. */
  readonly workspace: string;
  /** User on the hosts; default as in the ssh config. Change: operational. */
  readonly user?: string | undefined;
  /** Port of sshd; default as in the ssh config. Value: whole number from 1 to 65535. Change: operational. */
  readonly port?: number | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** Settings of `Cluster.slurm()`. */
export interface SlurmClusterInput {
  /** Nodes of each job. Value: whole number from 1 to 1024, in nodes. Change: placement. */
  readonly nodes: number;
  /** The GPUs of each node. */
  readonly gpus: NodeGpusInput;
  /** Folder that all nodes see, for environments, data, runs. Change: placement. */
  readonly workspace: string;
  /** Partition; default the cluster’s. Change: placement. */
  readonly partition?: string | undefined;
  /** Account that is charged. Change: operational. */
  readonly account?: string | undefined;
  /** Quality of service. Change: operational. */
  readonly qos?: string | undefined;
  /** Time limit of one attempt, as days-hours:minutes:seconds. Change: operational. */
  readonly timeLimit?: string | undefined;
  /**
   * Values put into files of every run that this has a part in; what the run says counts before. docs/overrides.md has
   * the forms. Each has the class that the run’s own would have. Change: semantic.
   */
  readonly overrides?: Overrides | undefined;
}

/** A byte-level BPE tokenizer that is trained on the dataset’s rows. */
export interface TrainedTokenizerInput {
  /**
   * Size of the byte-level BPE vocabulary that is trained on the dataset’s rows. Value: whole number from 300 to
   * 1000000, in tokens. Default: `2048`. Fills `train.json#/model/tokenizer/vocabulary`. Change: semantic.
   */
  readonly vocabulary?: number | undefined;
}

/** The GPUs of each node. */
export interface NodeGpusInput {
  /** GPU model, for example H200. Change: placement. */
  readonly type: string;
  /** GPUs of each node; one rank each. Value: whole number from 1 to 16. Fills `hostfile`. Change: placement. */
  readonly perNode: number;
}
