// Mistral 7B by LoRA on 2 Slurm nodes x 8 H200, on instruction rows of the project's own.
import { App, Cluster, Dataset, FineTune, lora, Model, Stack } from 'cdksft';

const app = new App();
const stack = new Stack(app, 'mistral-7b-slurm');

new FineTune(stack, 'sft', {
  model: Model.fromHub(stack, 'base', { id: 'mistralai/Mistral-7B-v0.1' }),
  data: Dataset.fromFile(stack, 'everyday', { path: 'examples/data/everyday.json', evaluation: { share: 0.1 } }),
  cluster: Cluster.slurm(stack, 'h200', {
    nodes: 2,
    gpus: { type: 'H200', perNode: 8 },
    workspace: '/shared/sft',
    partition: 'h200',
    timeLimit: '4:00:00',
  }),
  method: lora({ rank: 16, alpha: 32, targets: 'all-linear' }),
  epochs: 4,
  batch: { micro: 2, global: 32 },
  attention: 'flash_attention_2',
  packing: true,
  warmup: { steps: 5 },
  checkpoints: { steps: 20 },
  zero: { stage: 2 },
});

app.synth();
