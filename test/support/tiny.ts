/** The smallest stack that really trains: one layer, a few of the shipped rows, 18 steps. */
export interface TinyOptions {
  /** More settings of the run, as TypeScript. */
  readonly run?: string;
  /** Settings of `Cluster.local`, as TypeScript. */
  readonly cluster?: string;
}

export function tinyStack({ run = '', cluster = '{}' }: TinyOptions = {}): string {
  return `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';
const app = new App();
const stack = new Stack(app, 'demo');
new FineTune(stack, 'sft', {
  model: Model.fromConfig(stack, 'base', {
    config: { model_type: 'llama', hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1, num_attention_heads: 2 },
    tokenizer: { vocabulary: 512 },
  }),
  data: Dataset.fromFile(stack, 'rows', { path: 'rows.json', samples: 36 }),
  cluster: Cluster.local(stack, 'here', ${cluster}),
  method: lora({ rank: 4 }),
  batch: { micro: 2 },
  epochs: 1,
  precision: 'fp32',
  weights: 'fp32',
  maxLength: 512,
  ${run}
});
app.synth();
`;
}
