import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FineTuneProps } from '../../lib/index.ts';
import { Cluster, Dataset, qlora, secret } from '../../lib/index.ts';
import { oneRun, type Parts, rows } from '../support/stack.ts';

type Change = Partial<FineTuneProps> | ((parts: Parts) => Partial<FineTuneProps>);
const gpus = ({ stack }: Parts) => Cluster.local(stack, 'gpus', { gpus: { type: 'H200', count: 2 } });

/** Each rule with a run on which it speaks, and a near one on which it does not. */
const cases: Record<string, readonly [fires: Change, silent: Change]> = {
  'secret/written': [
    { environment: { HF_TOKEN: 'anything' } },
    { environment: { HF_TOKEN: secret.fromEnv('HF_TOKEN'), TOKENIZERS_PARALLELISM: 'false' } },
  ],
  'hardware/fp16-on-cpu': [{ precision: 'fp16' }, { precision: 'bf16' }],
  'hardware/flash-on-cpu': [
    { attention: 'flash_attention_2' },
    (p) => ({ attention: 'flash_attention_2', cluster: gpus(p) }),
  ],
  'hardware/flash-in-fp32': [
    (p) => ({ attention: 'flash_attention_2', precision: 'fp32', weights: 'fp32', cluster: gpus(p) }),
    (p) => ({ attention: 'flash_attention_2', precision: 'bf16', weights: 'fp32', cluster: gpus(p) }),
  ],
  'hardware/packing-without-flash': [
    { packing: true },
    (p) => ({ packing: true, attention: 'flash_attention_2', cluster: gpus(p) }),
  ],
  'sharding/8-bit-zero-3': [
    { method: qlora({ bits: 8 }), zero: { stage: 3 } },
    { method: qlora({ bits: 8 }), zero: { stage: 2 } },
  ],
  'sharding/storage-zero-3': [
    { method: qlora({ storage: 'uint8' }), zero: { stage: 3 } },
    { method: qlora(), zero: { stage: 3 } },
  ],
  'sharding/offload-parameters': [
    { zero: { stage: 2, offload: { parameters: 'cpu' } } },
    { zero: { stage: 3, offload: { parameters: 'cpu' } } },
  ],
  'sharding/offload-optimizer': [
    { zero: { stage: 0, offload: { optimizer: 'cpu' } } },
    { zero: { stage: 1, offload: { optimizer: 'cpu' } } },
  ],
  'schedule/warmup-too-long': [{ warmup: { steps: 500 } }, { warmup: { steps: 5 } }],
  'schedule/evaluation-without-split': [
    { evaluation: { steps: 5 } },
    ({ stack }) => ({
      evaluation: { steps: 5 },
      data: Dataset.fromFile(stack, 'split', { path: rows, evaluation: { share: 0.1 } }),
    }),
  ],
  'schedule/no-checkpoint': [{ checkpoints: { steps: 9999 } }, { checkpoints: { steps: 20 } }],
  'schedule/rows-below-ranks': [
    ({ stack }) => ({
      data: Dataset.fromFile(stack, 'few', { path: rows, samples: 1 }),
      cluster: Cluster.local(stack, 'wide', { processes: 2 }),
    }),
    ({ stack }) => ({
      data: Dataset.fromFile(stack, 'few', { path: rows, samples: 2 }),
      cluster: Cluster.local(stack, 'wide', { processes: 2 }),
    }),
  ],
};

for (const [id, [fires, silent]] of Object.entries(cases))
  test(id, () => {
    assert.ok(spoken(fires).includes(id), `silent where it should speak: ${spoken(fires)}`);
    assert.not.ok(spoken(silent).includes(id));
  });

function spoken(change: Change): string[] {
  return oneRun(change).findings.map((finding) => finding.id);
}

test('what looks like a token is found in any setting, and is not repeated', () => {
  const token = 'hf_canarycanarycanarycanarycanary01';
  for (const [path, change] of Object.entries({
    'tags.owner': { tags: { owner: `by ${token}` } },
    'environment.MY_VALUE': { environment: { MY_VALUE: 'sk-proj-0123456789abcdef0123' } },
    overrides: { overrides: { 'train.json': { '/sft/hub_token': token } } },
    tags: { tags: { [token]: 'x' } },
  } as Record<string, Partial<FineTuneProps>>)) {
    const { findings } = oneRun(change);
    const found = findings.find(({ id }) => id === 'secret/written');
    assert.ok(found?.where.path?.startsWith(path), `${path}: ${JSON.stringify(findings)}`);
    assert.not.match(JSON.stringify(findings), /canarycanary|0123456789abcdef/);
  }
  const { findings } = oneRun({ precision: token } as never);
  assert.not.match(JSON.stringify(findings), /canarycanary/, 'nor where something else is wrong with it');
});

test.run();
