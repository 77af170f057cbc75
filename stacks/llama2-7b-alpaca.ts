// Llama-2 7B on Alpaca by LoRA: 8 nodes x 8 H200, DeepSpeed ZeRO-2.
import { App, Cluster, Dataset, FineTune, lora, Model, Stack } from 'cdksft';

const app = new App();
const stack = new Stack(app, 'llama2-7b-alpaca');

const cluster = Cluster.ssh(stack, 'h200', {
  hosts: 'h200-[01-08]',
  gpus: { type: 'H200', perNode: 8 },
  workspace: '/shared/sft',
});
const model = Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' });
const data = Dataset.fromHub(stack, 'alpaca', { id: 'tatsu-lab/alpaca', samples: 10_000, format: 'alpaca' });

new FineTune(stack, 'sft', {
  model,
  data,
  cluster,
  method: lora({ rank: 16, alpha: 32, dropout: 0.1, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] }),
  epochs: 3,
  batch: { micro: 8, global: 512 }, // accumulation is derived: 512 / (8 x 64 GPUs) = 1
  learningRate: 2e-4,
  precision: 'bf16',
  gradientCheckpointing: true,
  zero: { stage: 2 },
});

app.synth();
