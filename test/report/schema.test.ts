/** The JSON Schemas: valid as schemas, and what the committed and the printed documents are. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { causes } from '../../lib/base/events.ts';
import { rows as commands } from '../../lib/cli/rows.ts';
import { exactly } from '../../lib/report/schema/exactly.ts';
import { jsonSchemaOf, schemaNames } from '../../lib/report/schema/index.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import { programText, rows } from '../support/programs.ts';
import { faultsOf, validatorOf } from '../support/schemas.ts';
import { checkout, makeProject, sft } from '../support/sft.ts';

const text = (path: string) => readFileSync(join(checkout, path), 'utf8');
const json = (path: string) => JSON.parse(text(path)) as Record<string, unknown>;

test('each command names the schema of what it prints under --json', () => {
  const without: Readonly<Record<string, string>> = {
    schema: 'prints schemas, always as JSON',
    completion: 'prints a script for a shell',
    __complete: 'answers a shell, which reads lines',
  };
  const named = commands.flatMap(({ json = [] }) => json);
  assert.equal(
    commands.flatMap(({ name, json }) => (json && json.length > 0 ? [] : [name])).sort(),
    Object.keys(without).sort(),
  );
  const ofNone = schemaNames.filter((name) => !named.includes(name));
  assert.equal(ofNone.sort(), ['failure', 'manifest', 'settings'], 'of any command, and of files');
  assert.equal(
    named.filter((name) => !schemaNames.includes(name)),
    [],
  );
});

test('what is printed under --json goes through the one function that holds it to its type', () => {
  const sources = globSync('lib/cli/*.ts', { cwd: checkout }).map((path) => ({ path, text: text(path) }));
  const calls = sources.flatMap((source) => [...source.text.matchAll(/\bprintJson(?!,| })(.{0,9})/g)]);
  assert.ok(calls.length > 20);
  for (const [call] of calls) assert.match(call, /^printJson<('|Name)/);
  const others = sources.filter((source) => /\bout\(\s*JSON\b/.test(source.text)).map(({ path }) => path);
  assert.equal(others.sort(), ['lib/cli/print.ts', 'lib/cli/schema.ts']);
});

test('a schema that is not what the type says does not compile', () => {
  const one = z.strictObject({ a: z.string() });
  exactly<{ readonly a: string }>()(one);
  // @ts-expect-error: a number is no string
  exactly<{ readonly a: number }>()(one);
  // @ts-expect-error: it can be absent
  exactly<{ readonly a?: string }>()(one);
  // @ts-expect-error: the type has one more, which the schema would refuse
  exactly<{ readonly a: string; readonly b?: string }>()(one);
  // @ts-expect-error: the schema has one more, which nobody prints
  exactly<{ readonly a: string }>()(one.extend({ b: z.exactOptional(z.string()) }));
  const deep = z.strictObject({ many: z.array(one) });
  // @ts-expect-error: deep inside as well
  exactly<{ readonly many: readonly { readonly a: string; readonly b?: number }[] }>()(deep);
});

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
  const schema = JSON.stringify(jsonSchemaOf('settings'));
  for (const { path, doc, place, unit, class: change } of settingsTable().values()) {
    assert.ok(schema.includes(JSON.stringify(doc)), path);
    const properties = {
      'x-class': change,
      ...(unit ? { 'x-unit': unit } : {}),
      ...(place ? { 'x-place': place } : {}),
    };
    assert.ok(schema.includes(JSON.stringify(properties).slice(1, -1)), path);
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
