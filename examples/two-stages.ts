// Two runs, one after the other: the second trains on the adapter of the first, with other rows and a lower rate.
// A tiny Llama with random weights, on any CPU: it shows the order, not quality.
import { App, Cluster, Dataset, FineTune, lora, Model, Stack } from 'cdksft';

const app = new App();
const stack = new Stack(app, 'two-stages');

const path = 'examples/data/everyday.json';
const common = {
  cluster: Cluster.local(stack, 'here'),
  method: lora({ rank: 8, targets: ['q_proj', 'v_proj'], modulesToSave: ['embed_tokens', 'lm_head'] }),
  batch: { micro: 4 },
  precision: 'fp32',
  weights: 'fp32',
  gradientCheckpointing: false,
  maxLength: 256,
} as const;

const first = new FineTune(stack, 'first', {
  ...common,
  model: Model.fromConfig(stack, 'tiny-llama', {
    config: {
      model_type: 'llama',
      hidden_size: 64,
      intermediate_size: 128,
      num_hidden_layers: 1,
      num_attention_heads: 2,
    },
    tokenizer: { vocabulary: 1024 },
  }),
  data: Dataset.fromFile(stack, 'many', { path, samples: 160 }),
  epochs: 1,
  learningRate: 1e-2,
  checkpoints: { steps: 10 },
});

new FineTune(stack, 'second', {
  ...common,
  // Known after apply, which waits for the first run. `use: 'merged'` would begin a new adapter instead.
  model: Model.fromRun(stack, 'after-first', { run: first }),
  data: Dataset.fromFile(stack, 'few', { path, samples: 48, seed: 7 }),
  epochs: 1,
  learningRate: 1e-3,
  checkpoints: { steps: 6 },
});

app.synth();
