/**
 * What the first format's tool wrote, kept in test/fixtures/first-format, in the hands of the tool of today: a program,
 * its synth/, three states (two runs, then one superseded), the journal that all holders shared, and what the target has.
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Manifest } from '../../lib/manifest.ts';
import type { State } from '../../lib/state/state.ts';
import { stateText } from '../../lib/state/state.ts';
import { newestState } from '../support/disk-state.ts';
import { checkout, makeProject, type Project, type Ran, sft } from '../support/sft.ts';

const test = suite('upgrades');
const fixture = join(checkout, 'test', 'fixtures', 'first-format');

let project: Project;
const inState = (...path: string[]) => join(project.folder, '.sft', 'state', 'first', ...path);
const run = (...args: string[]): Promise<Ran> => sft(project.folder, ...args);

test.before.each(() => {
  project = makeProject();
  for (const part of ['stacks', 'synth', 'rows.json'])
    cpSync(join(fixture, part), join(project.folder, part), { recursive: true });
  for (const part of ['state', 'workspace'])
    cpSync(join(fixture, part), join(project.folder, '.sft', part), { recursive: true });
  fillResults();
});
test.after.each(() => project.remove());

/** Weights are too large to be kept here: files of their size, from before the result was whole. */
function fillResults(): void {
  const runs = join(project.folder, '.sft/workspace/runs');
  for (const name of readdirSync(runs)) {
    const result = join(runs, name, 'output/result');
    const { files } = JSON.parse(readFileSync(join(result, 'result.json'), 'utf8')) as {
      files: { path: string; bytes: number }[];
    };
    for (const { path, bytes } of files) {
      writeFileSync(join(result, path), Buffer.alloc(bytes));
      utimesSync(join(result, path), 1, 1);
    }
  }
}

const program = () => readFileSync(join(project.folder, 'stacks/first.ts'), 'utf8');

interface Change {
  readonly change: { readonly actions: readonly string[] };
}

async function nothingToDo(what: string, ...more: string[]): Promise<void> {
  const { code, out, err } = await run('plan', '--json', '--detailed-exitcode', ...more);
  assert.is(code, 0, `${what}: ${out}${err}`);
  const changes = (JSON.parse(out) as { resource_changes: Change[] }).resource_changes;
  for (const { change } of changes) assert.equal(change.actions, ['no-op'], what);
}

function records(change: (state: State) => State): void {
  writeFileSync(inState('3.json'), stateText(change(newestState(inState()))));
}

/** As `JSON.parse` gives it: with the hash, which `stateText` makes anew. */
function withoutHash(state: State): State {
  const { hash: _, ...rest } = state as State & { hash?: string };
  return rest;
}

test('nothing to do: runs and artifacts of every kind, looked up and from the state alone; apply writes nothing', async () => {
  const manifest = JSON.parse(readFileSync(join(project.folder, 'synth/first/manifest.json'), 'utf8')) as Manifest;
  const kinds = new Set(manifest.resources.map((one) => (one.life === 'artifact' ? one.make : one.does)));
  assert.equal([...kinds].sort(), ['bundle', 'data', 'environment', 'train', 'weights']);
  const before = project.files();
  await nothingToDo('looked up');
  await nothingToDo('from the state', '--no-refresh');
  const applied = await run('apply', '--yes');
  assert.is(applied.code, 0, applied.err);
  const after = project.files();
  for (const [path, content] of Object.entries(before)) assert.is(after[path], content, path);
  assert.equal(
    Object.keys(after).filter((path) => !(path in before)),
    [],
  );
  const status = JSON.parse((await run('status', '--json')).out) as { runs: { state: string }[] };
  assert.equal(
    status.runs.map(({ state }) => state),
    ['done', 'done'],
  );
});

test('the next state follows: same history, the old ones stay, the shared journal goes once none of them needs it', async () => {
  const { lineage } = newestState(inState());
  for (const [from, to] of [
    ['whole', 'all'],
    ['all', 'whole'],
  ] as const)
    assert.is((await run('state', 'mv', from, to)).code, 0);
  assert.is(newestState(inState()).serial, 5);
  assert.is(newestState(inState()).lineage, lineage);
  for (const serial of [1, 2, 3])
    assert.is(
      readFileSync(inState(`${serial}.json`), 'utf8'),
      readFileSync(join(fixture, `state/first/${serial}.json`), 'utf8'),
    );
  assert.ok(existsSync(inState('journal.jsonl')), 'state 1 needs its lines');
  await nothingToDo('after two moves');
  for (let turn = 0; turn < 4; turn++) {
    await run('state', 'mv', 'whole', 'all');
    await run('state', 'mv', 'all', 'whole');
  }
  assert.not.ok(existsSync(inState('1.json')));
  assert.not.ok(existsSync(inState('2.json')));
  assert.not.ok(existsSync(inState('journal.jsonl')), 'no state needs it');
});

test('a crash of the old tool: starts that only the shared journal tells of are known', async () => {
  rmSync(inState('2.json'));
  rmSync(inState('3.json'));
  const recorded = newestState(inState()).recorded.length;
  const { out } = await run('state', 'list');
  assert.is(recorded, 1, 'state 1 holds one run');
  assert.match(out, /first\/adapter {2}915d4e83c223/);
  assert.match(out, /first\/whole {2}7ce14c3f9525/);
  await nothingToDo('after the crash');
});

test('a newer format: refused by every command, naming the version that reads it, and left as it is', async () => {
  records((state) => ({ ...withoutHash(state), format: 2 as 1, tool: '9.8.7' }));
  const before = project.files();
  for (const words of [['plan'], ['apply', '--yes'], ['status'], ['state', 'list'], ['destroy', '--yes']]) {
    const { code, err } = await run(...words);
    assert.is(code, 1, words.join(' '));
    assert.match(err, /has format 2, written by cdksft 9\.8\.7[\s\S]*Use cdksft 9\.8\.7 or newer/, words.join(' '));
  }
  for (const [path, content] of Object.entries(before)) assert.is(project.files()[path], content);
  assert.equal(
    readdirSync(inState())
      .filter((name) => name.endsWith('.json'))
      .sort(),
    ['1.json', '2.json', '3.json'],
  );
});

test('another trainer, other requirements: no new run by itself', async () => {
  const other = (key: string) => key.replace(/^.{8}/, '00000000');
  records((state) => ({
    ...withoutHash(state),
    recorded: state.recorded.map((record) => ({
      ...record,
      artifacts: Object.fromEntries(
        Object.entries(record.artifacts).map(([address, { make, key }]) => {
          const upgraded = make === 'environment' || make === 'bundle';
          return [
            upgraded ? address.replace(/^environment\/.*/, 'environment/000000000000') : address,
            { make, key: upgraded ? other(key) : key },
          ];
        }),
      ),
    })),
  }));
  await nothingToDo('looked up');
  await nothingToDo('from the state', '--no-refresh');
});

test('comments, formatting, order of settings and of constructs: no change', async () => {
  const text = program();
  const [head = '', ...rest] = text.split('new FineTune(');
  const tail = rest.pop()?.replace('app.synth();\n', '') ?? '';
  const variants: Record<string, string> = {
    'comments and blank lines': text.replaceAll('\n', '\n// a comment\n\n'),
    formatting: text.replaceAll(', ', ',\n\n      ').replaceAll('{ ', '{\n').replaceAll("'", '"'),
    'order of settings': text
      .replace('{ model, data, cluster, batch: { micro: 2 },', '{ batch: { micro: 2 }, cluster, data, model,')
      .replace('num_hidden_layers: 1, num_attention_heads: 2', 'num_attention_heads: 2, num_hidden_layers: 1')
      .replace("{ path: 'rows.json', samples: 20,", "{ samples: 20, path: 'rows.json',"),
    'order of runs': `${head}new FineTune(${tail}${rest.map((one) => `new FineTune(${one}`).join('')}app.synth();\n`,
    'order of constructs': text.replace(/(const cluster = .*\n)(const data = .*\n)/, '$2$1'),
  };
  for (const [what, changed] of Object.entries(variants)) {
    assert.is.not(changed, text, what);
    project.write({ 'stacks/first.ts': changed });
    await nothingToDo(what);
  }
  // The same check sees a change that is one.
  project.write({ 'stacks/first.ts': text.replace('seed: 7', 'seed: 8') });
  assert.is((await run('plan', '--detailed-exitcode')).code, 2);
});

test.run();
