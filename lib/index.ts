/** The public names of `cdksft`. */
export { App, type AppProps } from './constructs/app.ts';
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
export { Cluster, Dataset } from './constructs/parts.ts';
export { type Rename, Stack, type StackProps } from './constructs/stack.ts';
export type { Finding, Severity, Where } from './finding.ts';
