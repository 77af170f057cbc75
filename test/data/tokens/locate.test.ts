/** Where a model's tokenizer is found on this machine, and why it is not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256, short } from '../../../lib/base/hash.ts';
import { findTokenizer, hubCache, type TokenizerSource } from '../../../lib/data/tokens/locate.ts';
import { NoTokens } from '../../../lib/data/tokens/tokenizer.ts';
import { keyOf, type Origin } from '../../../lib/data/tokens/written.ts';

const test = suite('finding a tokenizer');
let root = '';
test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'sft-locate-'));
});
test.after.each(() => rmSync(root, { recursive: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const commit = 'c'.repeat(40);
const repository = 'hub/models--owner--name';
const find = (source: TokenizerSource) =>
  findTokenizer(source, { cache: join(root, 'hub'), workspace: join(root, 'workspace'), transformers: '5.0.0' });

function reason(source: TokenizerSource): string {
  try {
    find(source);
  } catch (caught) {
    if (caught instanceof NoTokens) return caught.message;
    throw caught;
  }
  return 'found';
}

/** As tokenizer.py leaves it. */
const written = {
  eos: '</s>',
  special: { eos_token: '</s>' },
  template: '{{ x }}',
  training: null,
  splitsSpecialTokens: false,
};

function write(origin: Origin, json: string, sha = sha256(json)): void {
  const key = keyOf(origin, '5.0.0');
  const folder = `workspace/tokenizers/${short(key)}`;
  put(`${folder}/tokenizer.json`, json);
  const files = [{ path: 'tokenizer.json', bytes: json.length, sha256: sha }];
  const special = { eos_token: '</s>', pad_token: null, split_special_tokens: false };
  put(`${folder}/chat_template.json`, JSON.stringify('{{ x }}'));
  put(`${folder}/manifest.json`, JSON.stringify({ format: 2, key, ...special, files }));
}

test('a Hub id: in the cache, at the commit or at what the branch was', () => {
  assert.match(reason({ id: 'owner/name' }), 'owner/name is not in the Hugging Face cache');
  put(`${repository}/snapshots/${commit}/tokenizer.json`, '{"raw":1}');
  put(`${repository}/snapshots/${commit}/tokenizer_config.json`, '{"eos_token":{"content":"<e>"}}');
  assert.match(reason({ id: 'owner/name' }), 'not in the Hugging Face cache');
  put(`${repository}/refs/main`, commit);
  const special = { eos: '<e>', special: { eos_token: '<e>' }, splitsSpecialTokens: false };
  const found = { parts: { json: '{"raw":1}', template: undefined, ...special }, isLoaded: false };
  assert.equal(find({ id: 'owner/name' }), found);
  assert.equal(find({ id: 'owner/name', revision: commit }), found);
  assert.match(
    reason({ id: 'owner/name', revision: 'd'.repeat(40) }),
    'at this commit is not in the Hugging Face cache',
  );
});

test('what the trainer has written comes first, also where the repository has no tokenizer.json', () => {
  put(`${repository}/refs/main`, commit);
  put(`${repository}/snapshots/${commit}/tokenizer.model`, 'sentencepiece');
  assert.match(reason({ id: 'owner/name' }), 'has no tokenizer.json, and the trainer has not written one');
  write({ id: 'owner/name', revision: commit }, '{"written":1}');
  const found = { parts: { json: '{"written":1}', ...written }, isLoaded: true };
  assert.equal(find({ id: 'owner/name' }), found);
});

test('a written one that is not as it was written is none', () => {
  put(`${repository}/refs/main`, commit);
  write({ id: 'owner/name', revision: commit }, '{"written":1}', sha256('another'));
  assert.match(reason({ id: 'owner/name' }), 'not in the Hugging Face cache');
});

test('a folder that the trainer has written is as good by itself, wherever it lies', () => {
  const origin: Origin = { id: 'owner/name', revision: commit };
  write(origin, '{"loaded":1}');
  const folder = join(root, 'workspace/tokenizers', short(keyOf(origin, '5.0.0')));
  assert.equal(find({ folder }), { parts: { json: '{"loaded":1}', ...written }, isLoaded: true });
  writeFileSync(join(folder, 'tokenizer.json'), '{"other":1}');
  assert.is(find({ folder }).isLoaded, false);
});

test('a folder goes by its content', () => {
  const folder = join(root, 'model');
  assert.match(reason({ folder }), 'the model’s folder is not on this machine');
  put('model/tokenizer.json', '{"raw":1}');
  assert.is(find({ folder }).isLoaded, false);
  write({ folder }, '{"written":1}');
  assert.equal([find({ folder }).isLoaded, find({ folder }).parts.json], [true, '{"written":1}']);
  put('model/tokenizer_config.json', '{"add_bos_token":true}');
  assert.is(find({ folder }).isLoaded, false);
});

test('the chat template of a folder: in its settings, one or several, or in a file of its own', () => {
  const folder = join(root, 'model');
  const templateOf = () => find({ folder }).parts.template;
  put('model/tokenizer.json', '{}');
  assert.is(templateOf(), undefined);
  put('model/tokenizer_config.json', '{"chat_template":"a"}');
  assert.is(templateOf(), 'a');
  put(
    'model/tokenizer_config.json',
    '{"chat_template":[{"name":"default","template":"a"},{"name":"rag","template":"b"}]}',
  );
  assert.equal(templateOf(), { default: 'a', rag: 'b' });
  put('model/chat_template.jinja', 'c');
  assert.is(templateOf(), 'c');
});

test('weights that are made bring their tokenizer, once they are', () => {
  const made = join(root, 'workspace/weights/abc');
  assert.match(reason({ made }), 'made when the weights are');
  put('workspace/weights/abc/tokenizer.json', '{"made":1}');
  assert.match(reason({ made }), 'made when the weights are');
  put('workspace/weights/abc/manifest.json', '{}');
  put('workspace/weights/abc/special_tokens_map.json', '{"eos_token":"</s>"}');
  const { training, ...standing } = written;
  assert.equal(find({ made }), {
    parts: { json: '{"made":1}', ...standing, template: undefined },
    isLoaded: true,
  });
});

test('the cache is where huggingface_hub has it', () => {
  const home = '/me';
  assert.is(hubCache({}, home), '/me/.cache/huggingface/hub');
  assert.is(hubCache({ XDG_CACHE_HOME: '/x' }, home), '/x/huggingface/hub');
  assert.is(hubCache({ HF_HOME: '~/hf', XDG_CACHE_HOME: '/x' }, home), '/me/hf/hub');
  assert.is(hubCache({ HF_HUB_CACHE: '/c', HF_HOME: '/h' }, home), '/c');
});

test.run();
