/** The public names of `cdksft`. */

export type { Json, JsonObject } from './base/json.ts';
export type { SecretReference } from './base/secret.ts';
export { App, type AppProps } from './constructs/app.ts';
export type { Element } from './constructs/element.ts';
export {
  FineTune,
  type FineTuneProps,
  full,
  lora,
  type MethodProps,
  Model,
  qlora,
  type RunModelProps,
} from './constructs/fine-tune.ts';
export { Cluster, Dataset, type MixPart, type MixProps } from './constructs/parts.ts';
export { secret } from './constructs/secret.ts';
export { type Rename, Stack, type StackProps } from './constructs/stack.ts';
export type { Finding, Severity, Where } from './finding.ts';
export type { Overrides } from './settings/documents.ts';
export type { ColumnsInput, FileDatasetInput, FixInput, HubDatasetInput } from './settings/inputs/dataset.ts';
export type { LoraInput, QloraInput, ZeroInput } from './settings/inputs/method.ts';
export type {
  ConfigModelInput,
  HubModelInput,
  LocalClusterInput,
  NodeGpusInput,
  PathModelInput,
  SlurmClusterInput,
  SshClusterInput,
  TrainedTokenizerInput,
} from './settings/inputs/parts.ts';
export type { BatchInput, TrainingInput } from './settings/inputs/training.ts';
