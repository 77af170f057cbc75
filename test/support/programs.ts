/** Users' programs for tests of the command: one that is right, and small changes that make it wrong. */

export const rows = `${JSON.stringify(
  Array.from({ length: 12 }, (_, index) => ({
    instruction: `Name the number ${index}.`,
    input: '',
    output: `${index}`,
  })),
)}\n`;

/** A complete program; `run` holds settings of the run, `data` the data file, `id` the stack's name. */
export function programText({ run = '', data = 'rows.json', id = 'demo', end = 'app.synth();' } = {}): string {
  return `import { App, Cluster, Dataset, FineTune, Model, Stack, lora } from 'cdksft';

const app = new App();
const stack = new Stack(app, '${id}');
const cluster = Cluster.local(stack, 'here');
const model = Model.fromConfig(stack, 'base', {
  config: { model_type: 'llama', hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1, num_attention_heads: 2 },
});
const data = Dataset.fromFile(stack, 'rows', { path: '${data}' });
new FineTune(stack, 'sft', {
  model, data, cluster, method: lora({ rank: 4 }), batch: { micro: 2 },
  ${run}
});
${end}
`;
}
