/** Several data files, and files that are no JSON: what a run is called by them, where they are, what the plan says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashOf, sha256 } from '../../lib/base/hash.ts';
import type { Json } from '../../lib/base/json.ts';
import { Dataset } from '../../lib/index.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { wantedFiles } from '../../lib/pins/wanted.ts';
import { artifactText, usersOf } from '../../lib/report/artifact-text.ts';
import { sourceFiles, sourcesOf } from '../../lib/targets/sources.ts';
import { encode } from '../support/japanese.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('data files of a run');
let folder = '';
const contents: Readonly<Record<string, string | Uint8Array>> = {
  'a.jsonl': '{"prompt": "a", "completion": "b"}\n',
  'b.jsonl': '{"prompt": "c", "completion": "d"}\n{"prompt": "e", "completion": "f"}\n',
  'c.csv': 'prompt,completion\ng,h\n',
  'd.tsv.gz': gzipSync(encode('prompt\tcompletion\nこれは何ですか\tりんごです\n', 'shift_jis')),
};
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft data '));
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
});
test.after(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

function runOn(path: string | string[]) {
  const collected = oneRun(({ stack }) => ({ data: Dataset.fromFile(stack, 'own', { path, format: 'prompt' }) }));
  assert.equal(
    collected.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const [manifest] = collected.manifests;
  const data = manifest?.resources.find((one): one is Artifact => one.life === 'artifact' && one.make === 'data');
  if (!manifest || !data) throw new Error('no data');
  return { manifest, data, job: jobOf(collected) };
}

test('one JSON file has the key and the settings of before there were several', () => {
  const { data, job } = runOn(at('a.jsonl'));
  const content = contents['a.jsonl'] ?? '';
  assert.is(data.key, hashOf({ preparation: 1, format: 'prompt', files: [sha256(content)] }));
  const settings = job.settings.data as Record<string, Json>;
  assert.is(settings.path, at('a.jsonl'));
  assert.equal(settings.files, [{ name: 'a.jsonl', sha256: sha256(content), bytes: content.length }]);
});

test('a pattern and a list of the same files are the same run; another order is another', () => {
  const listed = runOn([at('a.jsonl'), at('b.jsonl')]);
  const matched = runOn(at('*.jsonl'));
  assert.equal([matched.job.identity, matched.data.key], [listed.job.identity, listed.data.key]);
  assert.equal((matched.job.settings.data as Record<string, Json>).path, [at('a.jsonl'), at('b.jsonl')]);
  assert.is(matched.job.derived.rows, 3);
  const turned = runOn([at('b.jsonl'), at('a.jsonl')]);
  assert.is.not(turned.job.identity, listed.job.identity);
  assert.is.not(turned.data.key, listed.data.key);
});

test('each file is found again by its content, and pinned by its path', () => {
  const { manifest, data } = runOn([at('*.jsonl'), at('d.tsv.gz')]);
  const found = sourcesOf(manifest, '/elsewhere');
  const paths = sourceFiles(data.spec).map(({ sha256: sha }) => found.get(sha));
  assert.equal(paths, [at('a.jsonl'), at('b.jsonl'), at('d.tsv.gz')]);
  assert.equal(
    wantedFiles([manifest]).map(({ path, sha256: sha }) => [path, found.get(sha)]),
    paths.map((path) => [path, path]),
  );
});

test('how a file is read is a part of what it says', () => {
  const { job, data } = runOn(at('c.csv'));
  const [file] = data.spec.files as { type?: string }[];
  assert.is(file?.type, 'csv');
  assert.is(data.key, hashOf({ preparation: 1, format: 'prompt', files: [`${sha256(contents['c.csv'] ?? '')} csv`] }));
  writeFileSync(at('c.tsv'), 'prompt\tcompletion\ng\th\n');
  assert.is.not(runOn(at('c.tsv')).job.identity, job.identity);
});

test('the plan says what was found', () => {
  const said = (path: string | string[]) => {
    const { data, job } = runOn(path);
    return artifactText(data, usersOf([job]));
  };
  assert.is(said(at('a.jsonl')), '1 row · prompt format');
  assert.is(said([at('a.jsonl'), at('b.jsonl')]), '3 rows · prompt format · 2 files');
  assert.is(said(at('d.tsv.gz')), '1 row · prompt format · tsv, shift_jis');
});

test.run();
