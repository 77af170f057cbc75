/** A plan tells of a model's folder whose SentencePiece model nothing says how to use. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bareTokenizers } from '../../lib/apply/bare-tokenizers.ts';
import type { Finding } from '../../lib/finding.ts';
import type { Manifest } from '../../lib/manifest.ts';
import { programText, rows } from '../support/programs.ts';
import { makeProject, type Project, sft } from '../support/sft.ts';

const fromPath = (path: string) =>
  programText().replace(/Model\.fromConfig\([\s\S]*?\n\}\);/, `Model.fromPath(stack, 'base', { path: '${path}' });`);

async function told(project: Project, ...options: string[]): Promise<Finding[]> {
  const { code, out, err } = await sft(project.folder, 'plan', '--json', ...options);
  assert.is(code, 0, err);
  const { stacks } = JSON.parse(out) as { stacks: { findings: Finding[] }[] };
  return stacks.flatMap(({ findings }) => findings).filter(({ id }) => id === 'model/bare-tokenizer');
}

function projectWith(names: readonly string[]): { readonly project: Project; readonly folder: string } {
  const project = makeProject({ 'rows.json': rows });
  const folder = join(project.folder, 'models', 'llama');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(project.folder, 'stacks'), { recursive: true });
  writeFileSync(join(project.folder, 'stacks', 'demo.ts'), fromPath(folder));
  for (const name of names) writeFileSync(join(folder, name), '{}');
  return { project, folder };
}

test('a plan for this machine tells of it; without the target nobody looks at its folders', async () => {
  const { project, folder } = projectWith(['tokenizer.model', 'config.json']);
  const [finding, ...others] = await told(project);
  assert.equal(others, []);
  assert.equal([finding?.severity, finding?.given, finding?.where.path], ['warning', folder, 'model']);
  assert.match(finding?.where.construct ?? '', 'sft');
  assert.match(finding?.message ?? '', 'neither tokenizer.json nor tokenizer_config.json');
  assert.equal(await told(project, '--no-refresh'), []);
  project.remove();
});

test('no folder, no tokenizer, and one that says how it is used are not told of; nor another machine’s', async () => {
  const { project, folder } = projectWith([]);
  assert.is((await sft(project.folder, 'synth')).code, 0);
  const manifest = JSON.parse(project.files()['synth/demo/manifest.json'] ?? '') as Manifest;
  const told = (target = manifest.target) => bareTokenizers({ ...manifest, target } as Manifest).length;
  const put = (name: string) => writeFileSync(join(folder, name), '{}');
  assert.is(told(), 0, 'no tokenizer at all is the trainer’s to tell');
  put('tokenizer.model');
  assert.is(told(), 1);
  assert.is(told({ ...manifest.target, kind: 'ssh' } as Manifest['target']), 0);
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    put(name);
    assert.is(told(), 0, name);
    rmSync(join(folder, name));
  }
  rmSync(folder, { recursive: true });
  assert.is(told(), 0);
  project.remove();
});

test.run();
