// The machinery end to end, on any CPU: a tiny Llama with random weights. It is far too small to answer anything.
import { App, Cluster, Dataset, FineTune, lora, Model, Stack } from 'cdksft';

const app = new App();
const stack = new Stack(app, 'quickstart');

const model = Model.fromConfig(stack, 'tiny-llama', {
  config: {
    model_type: 'llama',
    hidden_size: 128,
    intermediate_size: 352,
    num_hidden_layers: 2,
    num_attention_heads: 4,
  },
  tokenizer: { vocabulary: 2048 },
});

const data = Dataset.fromFile(stack, 'everyday', {
  path: 'examples/data/everyday.json',
  evaluation: { share: 0.1 },
});

new FineTune(stack, 'sft', {
  model,
  data,
  cluster: Cluster.local(stack, 'here'),
  // Adapters alone could teach random weights little: the embeddings and the output head are trained too.
  method: lora({ rank: 8, alpha: 16, targets: ['q_proj', 'v_proj'], modulesToSave: ['embed_tokens', 'lm_head'] }),
  epochs: 2,
  batch: { micro: 8 },
  learningRate: 5e-3,
  precision: 'fp32',
  weights: 'fp32',
  gradientCheckpointing: false,
  maxLength: 256,
  evaluation: { steps: 20 },
  checkpoints: { steps: 20, keep: 2 },
});

app.synth();
