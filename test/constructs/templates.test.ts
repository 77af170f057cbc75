/** The setting `template`: what a run is called by it, what its files say, and what is refused. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import { builtIn } from '../../lib/data/template/built-in.ts';
import { Dataset, type FileDatasetInput } from '../../lib/index.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('templates of a run');
let folder = '';
const at = (name: string) => join(folder, name);

const rows: Readonly<Record<string, string>> = {
  alpaca: '{"instruction": "a", "output": "b"}',
  prompt: '{"prompt": "a", "completion": "b"}',
  text: '{"text": "a"}',
};

test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-templates-'));
  for (const [format, row] of Object.entries(rows)) writeFileSync(at(`${format}.jsonl`), row);
  writeFileSync(at('own.jinja'), '{{ messages[0].content }}\n');
  writeFileSync(at('same.jinja'), '{{ messages[0].content }}\n');
  writeFileSync(at('clock.jinja'), "a\n{{ strftime_now('%Y') }}");
  writeFileSync(at('broken.jinja'), 'a\n{% if %}');
  writeFileSync(at('latin.jinja'), Buffer.from([0xe9, 0x20]));
  writeFileSync(at('huge.jinja'), ' '.repeat(2 ** 20 + 1));
  mkdirSync(at('folder'));
  symlinkSync('loop', at('loop'));
});
test.after(() => rmSync(folder, { recursive: true }));

type Props = Omit<FileDatasetInput, 'path'>;

const collect = (format: 'alpaca' | 'prompt' | 'text', props: Props = {}) =>
  oneRun(({ stack }) => ({
    data: Dataset.fromFile(stack, 'own', { path: at(`${format}.jsonl`), format, ...props }),
  }));

function runWith(format: 'alpaca' | 'prompt' | 'text', props: Props = {}) {
  const collected = collect(format, props);
  const errors = collected.findings.filter(({ severity }) => severity === 'error');
  assert.equal(errors, []);
  const job = jobOf(collected);
  const [manifest] = collected.manifests;
  const file = (name: string) => manifest?.files.find(({ path }) => path === `${job.folder}/${name}`)?.content;
  const data = manifest?.resources.find((one): one is Artifact => one.life === 'artifact' && one.make === 'data');
  const train = JSON.parse(file('train.json') ?? '') as Record<'data' | 'sft', Record<string, unknown>>;
  return { identity: job.identity, key: data?.key, jinja: file('chat_template.jinja'), train };
}

test('the default of a format may be written, and is the same run', () => {
  assert.equal(runWith('alpaca', { template: 'alpaca' }), runWith('alpaca'));
  assert.equal(runWith('prompt', { template: 'plain' }), runWith('prompt'));
  assert.is(runWith('alpaca').jinja, undefined);
  assert.not('template' in runWith('alpaca').train.data);
});

test('a chat template lies in the bundle, and train.json names it by its hash', () => {
  const { jinja, train, identity, key } = runWith('alpaca', { template: 'llama2' });
  assert.is(jinja, builtIn.llama2);
  assert.equal(train.data.template, { name: 'llama2', sha256: sha256(builtIn.llama2) });
  assert.is(train.sft.completion_only_loss, true);
  const plain = runWith('alpaca');
  assert.is.not(identity, plain.identity);
  assert.is.not(key, plain.key);
  // The rows are the same turns, whatever renders them.
  const other = runWith('alpaca', { template: 'chatml' });
  assert.is.not(other.identity, identity);
  assert.is(other.key, key);
});

test('the model’s own needs no file', () => {
  const { jinja, train, identity } = runWith('prompt', { template: 'model' });
  assert.is(jinja, undefined);
  assert.is(train.data.template, 'model');
  assert.is.not(identity, runWith('prompt').identity);
});

test('a user’s file counts by its content, not by its name', () => {
  const own = runWith('prompt', { template: { file: at('own.jinja') } });
  const text = '{{ messages[0].content }}\n';
  assert.is(own.jinja, text);
  assert.equal(own.train.data.template, { file: at('own.jinja'), sha256: sha256(text) });
  assert.is(runWith('prompt', { template: { file: at('same.jinja') } }).identity, own.identity);
  assert.is.not(runWith('prompt', { template: { file: at('clock.jinja') } }).identity, own.identity);
});

function told(format: 'alpaca' | 'prompt' | 'text', template: FileDatasetInput['template']) {
  const { findings } = collect(format, { template });
  const ours = findings.filter(({ id }) => id.startsWith('template/'));
  return ours.map(({ id, severity, where }) => [id, severity, where.path]);
}

test('what is refused, and what is warned of, with its place', () => {
  assert.equal(told('text', 'chatml'), [['template/format', 'error', 'template']]);
  assert.equal(told('prompt', 'alpaca'), [['template/format', 'error', 'template']]);
  assert.equal(told('alpaca', 'plain'), [['template/format', 'error', 'template']]);
  assert.equal(told('prompt', { file: at('broken.jinja') }), [['template/syntax', 'error', `${at('broken.jinja')}:2`]]);
  assert.equal(told('prompt', { file: at('clock.jinja') }), [['template/clock', 'warning', `${at('clock.jinja')}:2`]]);
  for (const name of ['none.jinja', 'folder', 'loop', 'latin.jinja', 'huge.jinja'])
    assert.equal(told('prompt', { file: at(name) }), [['template/unreadable', 'error', 'template']], name);
});

test('a misspelt name is told, with what is allowed', () => {
  const [finding] = collect('alpaca', { template: 'chatlm' as 'chatml' }).findings;
  assert.is(finding?.id, 'setting/invalid');
  assert.match(`${finding?.message} ${finding?.fix}`, /chatml/);
});

test.run();
