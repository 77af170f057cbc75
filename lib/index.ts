/** The public names of `cdksft`. */
export { App, type AppProps } from './constructs/app.ts';
export { FineTune, type FineTuneProps, full, lora, type MethodProps, qlora } from './constructs/fine-tune.ts';
export { Cluster, Dataset, Model } from './constructs/parts.ts';
export { type Rename, Stack, type StackProps } from './constructs/stack.ts';
export type { Finding, Severity, Where } from './finding.ts';
