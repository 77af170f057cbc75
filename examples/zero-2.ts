// Two processes on this machine's CPU, DeepSpeed ZeRO-2: optimizer states and gradients are sharded between them.
import { App, Cluster, Dataset, FineTune, full, Model, Stack } from 'cdksft';

const app = new App();
const stack = new Stack(app, 'zero-2');

new FineTune(stack, 'sft', {
  model: Model.fromConfig(stack, 'tiny-llama', {
    config: {
      model_type: 'llama',
      hidden_size: 64,
      intermediate_size: 176,
      num_hidden_layers: 2,
      num_attention_heads: 4,
    },
  }),
  data: Dataset.fromFile(stack, 'everyday', { path: 'examples/data/everyday.json', samples: 64 }),
  cluster: Cluster.local(stack, 'here', { processes: 2 }),
  method: full(),
  epochs: 1,
  batch: { micro: 4, global: 16 }, // accumulation is derived: 16 / (4 x 2 processes) = 2
  precision: 'fp32',
  weights: 'fp32',
  maxLength: 256,
  checkpoints: { steps: 2 },
  zero: { stage: 2 },
});

app.synth();
