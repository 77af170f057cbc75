/** What a run's evidence follows from, as its settings and overrides say. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keyOf } from '../../../lib/data/evidence/evidence.ts';
import { partsOf, requestOf } from '../../../lib/data/evidence/request.ts';
import { Dataset, type FineTuneProps, Model } from '../../../lib/index.ts';
import type { Manifest } from '../../../lib/manifest.ts';
import { jobOf, oneRun, type Parts } from '../../support/stack.ts';

const test = suite('asked evidence');
let root = '';
test.before(() => {
  root = mkdtempSync(join(tmpdir(), 'sft-request-'));
});
test.after(() => rmSync(root, { recursive: true }));

type Change = Partial<FineTuneProps> | ((parts: Parts) => Partial<FineTuneProps>);

function requested(change: Change = {}) {
  const collected = oneRun(change);
  assert.equal(
    collected.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const parts = partsOf(jobOf(collected), collected.manifests[0] as Manifest);
  const request = requestOf(jobOf(collected), parts, { project: root, workspace: join(root, 'workspace') });
  return 'unknown' in request ? { parts, unknown: request.unknown } : { parts, request };
}
const over = (values: Readonly<Record<string, unknown>>) => ({ overrides: { 'train.json': values } }) as Change;

test('the settings, the template of the format, the model by name, the version of transformers', () => {
  const { request } = requested({ maxLength: 300, loss: 'all' });
  assert.equal(request?.learning, { maxLength: 300, keepsEnd: false, packing: false, answersOnly: false });
  assert.equal(request?.template, { name: 'alpaca' });
  assert.equal(request?.tokenizer, { id: 'meta-llama/Llama-2-7b-hf' });
  assert.match(request?.transformers ?? '', /^\d+\.\d+\.\d+$/);
});

test('overrides of SFTConfig are followed, others make tokens unknown, and those of the data all of it', () => {
  const { request: followed } = requested(over({ '/sft/max_length': 99, '/sft/truncation_mode': 'keep_end' }));
  assert.equal(followed?.learning, { maxLength: 99, keepsEnd: true, packing: false, answersOnly: true });
  assert.is(requested(over({ '/sft/max_length': null })).request?.learning.maxLength, undefined);
  assert.is(requested(over({ '/sft/completion_only_loss': false })).request?.learning.answersOnly, false);
  const { request } = requested(over({ '/sft/eos_token': '<e>' }));
  assert.equal(request?.tokenizer, { unknown: 'train.json#/sft/eos_token is overridden, which makes others' });
  assert.match(requested(over({ '/data/seed': 7 })).unknown ?? '', 'train.json#/data/seed is overridden');
  const { unknown } = requested(({ stack }) => ({ data: Dataset.fromHub(stack, 'far', { id: 'a/b' }) }));
  assert.is(unknown, 'rows of the Hub are read on the node');
});

test('a tokenizer that apply makes is known once it is there', () => {
  const config = { model_type: 'llama', hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1 };
  const own: Change = ({ stack }) => ({ model: Model.fromConfig(stack, 'own', { config }) });
  const { request: before, parts } = requested(own);
  assert.equal(before?.tokenizer, { unknown: 'apply makes the tokenizer first' });
  const folder = join(root, 'workspace/weights', parts.weights?.slice(0, 12) ?? '');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tokenizer.json'), '{}');
  assert.equal(requested(own).request?.tokenizer, { made: folder });
});

test('evidence has another name for other rows, settings, tokenizers and versions, and the same for another learning rate', () => {
  const key = (change: Change, version = '1', json?: string) => {
    const { request } = requested(change);
    if (!request) throw new Error('no request');
    return keyOf(request, version, json === undefined ? undefined : { parts: { json }, isLoaded: true });
  };
  const all = [
    key({}),
    key({ maxLength: 9 }),
    key({ loss: 'all' }),
    key(({ stack }) => ({ data: Dataset.fromFile(stack, 'few', { path: 'examples/data/everyday.json', samples: 9 }) })),
    key({}, '2'),
    key({}, '1', '{}'),
    key({}, '1', '[]'),
  ];
  assert.is(new Set(all).size, all.length);
  assert.is(key({ learningRate: 1e-5, epochs: 9 }), all[0]);
});

test.run();
