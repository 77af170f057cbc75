// Llama-2 13B, every weight: 2 nodes x 8 H200, ZeRO-3 shards parameters, gradients and optimizer states.
import { App, Cluster, Dataset, FineTune, full, Model, Stack } from 'cdksft';

const app = new App();
const stack = new Stack(app, 'llama2-13b-full');

const cluster = Cluster.ssh(stack, 'h200', {
  hosts: ['h200-01', 'h200-02'],
  gpus: { type: 'H200', perNode: 8 },
  workspace: '/shared/sft',
});
const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-13b-hf' });
const data = Dataset.fromHub(stack, 'alpaca', {
  id: 'tatsu-lab/alpaca',
  format: 'alpaca',
  evaluation: { share: 0.02 },
});

for (const [name, zero] of [
  ['on-gpu', { stage: 3 }],
  ['offloaded', { stage: 3, offload: { optimizer: 'cpu' } }],
] as const) {
  new FineTune(stack, name, {
    model,
    data,
    cluster,
    method: full(),
    maxSteps: 1000,
    batch: { micro: 4, global: 128 },
    learningRate: 1e-5,
    evaluation: { steps: 200 },
    zero,
  });
}

app.synth();
