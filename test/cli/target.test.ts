import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { targeted } from '../../lib/cli/asked.ts';
import type { Plan } from '../../lib/plan/step.ts';
import { chainManifest } from '../support/chain.ts';
import { programText, rows } from '../support/programs.ts';
import { makeProject, sft } from '../support/sft.ts';

test('--target plans the runs that are named and what they need, and nothing else', async () => {
  const other = `new FineTune(stack, 'more', { model, data, cluster, method: lora({ rank: 4 }), batch: { micro: 1 } });`;
  const project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': programText({ end: `${other}\napp.synth();` }) });
  const [all, one, wrong] = await Promise.all([
    sft(project.folder, 'plan', '--out', 'all.plan'),
    sft(project.folder, 'plan', '--target', 'demo/more', '--out', 'one.plan'),
    sft(project.folder, 'plan', '--target', 'mroe'),
  ]);
  assert.is(all.code, 0, all.err);
  assert.is(one.code, 0, one.err);
  const files = project.files();
  const addresses = (name: string) => (JSON.parse(files[name] ?? '') as Plan).steps.map((step) => step.address);
  assert.ok(addresses('all.plan').includes('sft') && addresses('all.plan').includes('more'));
  assert.ok(!addresses('one.plan').includes('sft') && addresses('one.plan').includes('more'));
  assert.ok(addresses('one.plan').length > 3, 'what it needs is planned too');
  assert.is(wrong.code, 64);
  assert.match(wrong.err, 'Did you mean "more"?');
  project.remove();
});

test('--target of a run plans those too whose results it begins with', () => {
  const manifest = chainManifest();
  assert.equal(targeted(['second'], [manifest]).only, new Map([['demo', ['second', 'first']]]));
  assert.equal(targeted(['first'], [manifest]).only, new Map([['demo', ['first']]]));
});

test.run();
