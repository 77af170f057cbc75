// Llama-2 70B on one H200: 4-bit NF4 weights with double quantisation, adapters in bf16.
import { App, Cluster, Dataset, FineTune, Model, qlora, Stack } from 'cdksft';

const app = new App();
const stack = new Stack(app, 'llama2-70b-qlora');

new FineTune(stack, 'sft', {
  model: Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-70b-hf' }),
  data: Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', samples: 10_000, format: 'alpaca' }),
  cluster: Cluster.local(stack, 'this-node', { gpus: { type: 'H200', count: 1 } }),
  method: qlora({ rank: 8, alpha: 16, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] }),
  epochs: 1,
  batch: { micro: 1, global: 16 },
  learningRate: 1e-4,
  optimizer: 'paged_adamw_8bit',
});

app.synth();
