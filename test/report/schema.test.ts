/** The JSON Schemas: valid as schemas, and what the committed and the printed documents are. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { causes } from '../../lib/base/events.ts';
import { jsonSchemaOf, schemaNames } from '../../lib/report/schema/index.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import { programText, rows } from '../support/programs.ts';
import { faultsOf, validatorOf } from '../support/schemas.ts';
import { checkout, makeProject, sft } from '../support/sft.ts';

const json = (path: string) => JSON.parse(readFileSync(join(checkout, path), 'utf8')) as Record<string, unknown>;

test('each schema compiles under a strict validator', () => {
  for (const name of schemaNames) assert.type(validatorOf(name), 'function');
});

test('every committed manifest is as its schema says, and so are the settings of its runs', () => {
  const manifests = globSync(['synth/*/manifest.json', 'test/golden/*/manifest.json'], { cwd: checkout });
  assert.ok(manifests.length > 8);
  for (const path of manifests) {
    const manifest = json(path);
    assert.equal(faultsOf('manifest', manifest), [], path);
    const resources = manifest.resources as { life: string; settings?: object }[];
    for (const { life, settings } of resources)
      if (life === 'job') assert.equal(faultsOf('settings', settings), [], path);
    assert.not.equal(faultsOf('manifest', { ...manifest, format: 9 }), []);
  }
});

test('every setting of the table stands in the schema with its class, unit, place and sentence', () => {
  const text = JSON.stringify(jsonSchemaOf('settings'));
  for (const { path, doc, place, unit, class: change } of settingsTable().values()) {
    assert.ok(text.includes(JSON.stringify(doc)), path);
    const properties = {
      'x-class': change,
      ...(unit ? { 'x-unit': unit } : {}),
      ...(place ? { 'x-place': place } : {}),
    };
    assert.ok(text.includes(JSON.stringify(properties).slice(1, -1)), path);
  }
});

const ssh = programText({ id: 'far' }).replace(
  `Cluster.local(stack, 'here')`,
  `Cluster.ssh(stack, 'h200', { hosts: 'h200-[01-02]', gpus: { type: 'H200', perNode: 1 }, workspace: '/shared/sft' })`,
);

test('sft schema prints them; plan and show print what the schema of a plan says', async () => {
  const project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': programText(), 'stacks/far.ts': ssh });
  try {
    const [both, saved, one, all, misspelt] = await Promise.all([
      sft(project.folder, 'plan', '--no-refresh', '--json'),
      sft(project.folder, 'plan', '--no-refresh', 'demo', '--out', 'my.plan'),
      sft(project.folder, 'schema', 'plan'),
      sft(project.folder, 'schema'),
      sft(project.folder, 'schema', 'plans'),
    ]);
    assert.is(saved.code, 0, saved.err);
    const shown = await sft(project.folder, 'show', 'my.plan', '--json');
    for (const { out } of [both, shown]) assert.equal(faultsOf('plan', JSON.parse(out)), []);
    assert.is(JSON.parse(both.out).stacks.length, 2);
    assert.equal(JSON.parse(one.out), jsonSchemaOf('plan'));
    assert.equal(Object.keys(JSON.parse(all.out)), [...schemaNames]);
    assert.is(misspelt.code, 64);
    assert.match(misspelt.err, 'Did you mean "plan"?');
  } finally {
    project.remove();
  }
});

// Lines of real trainings and applies are held to it by test/python/apply.test.ts.
test('a line of events: what the catalogue says, and nothing else', () => {
  const end = { kind: 'end', time: 1.5, cause: 'done', step: 3, result: 'output/result' };
  for (const cause of causes) assert.equal(faultsOf('events', { ...end, cause }), []);
  assert.equal(faultsOf('events', { type: 'run_event', stack: 'a', address: 'sft', ...end }), []);
  assert.equal(faultsOf('events', { type: 'change_summary', stack: 'a', done: 1, exit: 0 }), []);
  for (const wrong of [{ ...end, cause: 'bored' }, { ...end, more: 1 }, { kind: 'other' }, []])
    assert.not.equal(faultsOf('events', wrong), []);
});

test.run();
