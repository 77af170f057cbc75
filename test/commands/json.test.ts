/** Every command under --json: stdout is one document, or lines, as `sft schema` says, and nothing else. */
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Documents, FailureDocument, SchemaName } from '../../lib/report/documents.ts';
import { acquire } from '../../lib/state/lock.ts';
import { faultsOf } from '../support/schemas.ts';
import type { Ran } from '../support/sft.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('json');

let it: StandIn;
test.before(async () => {
  it = await StandIn.make(program());
});
test.after(() => it.remove());

/** The one document of stdout. */
function read<Name extends SchemaName>(name: Name, { out, err }: Ran): Documents[Name] {
  assert.not.equal(out, '', err);
  const value: unknown = JSON.parse(out);
  assert.equal(faultsOf(name, value), [], `${name}: ${out}`);
  return value as Documents[Name];
}

/** Runs a command that is to end with `code`. */
async function sft<Name extends SchemaName>(name: Name, code: number, ...args: string[]): Promise<Documents[Name]> {
  const ran = await it.sft(...args, '--json');
  assert.is(ran.code, code, ran.err);
  return read(name, ran);
}

/** Lines of events; where it fails, what is told last. */
function linesOf({ out }: Ran): { events: Documents['events'][]; failure?: FailureDocument } {
  const lines = out.split('\n').slice(0, -1);
  const values = lines.map((line) => JSON.parse(line) as Documents['events'] | FailureDocument);
  const last = values.at(-1);
  const failure = last && 'exit' in last && 'findings' in last ? (last as FailureDocument) : undefined;
  const events = (failure ? values.slice(0, -1) : values) as Documents['events'][];
  if (failure) assert.equal(faultsOf('failure', failure), []);
  for (const event of events) assert.equal(faultsOf('events', event), [], JSON.stringify(event));
  return { events, ...(failure ? { failure } : {}) };
}

const typesOf = (events: readonly Documents['events'][]) =>
  events.map((event) => ('type' in event ? event.type : event.kind));

test('synth, synth --check, validate, pins, explain, export', async () => {
  const [first] = (await sft('synth', 0, 'synth')).stacks;
  assert.equal([first?.stack, first?.folder, first?.written], ['demo', 'synth/demo', 0]);
  appendFileSync(join(it.folder, 'synth/demo/launch.yaml'), '# more\n');
  const { differences } = await sft('synth-check', 2, 'synth', '--check');
  assert.equal(differences, [{ path: 'synth/demo/launch.yaml', does: 'change' }]);
  await sft('synth', 0, 'synth', '--force');
  assert.equal((await sft('synth-check', 0, 'synth', '--check')).differences, []);
  await sft('validate', 0, 'validate');
  it.project.write({ 'wrong/wrong.ts': program('maxSteps: -3,').replaceAll("'demo'", "'wrong'") });
  const wrong = await sft('validate', 65, 'validate', 'wrong/wrong.ts');
  assert.ok(wrong.findings.some(({ severity, given }) => severity === 'error' && given !== undefined));
  const { pins } = await sft('pins', 2, 'pins', '--check');
  assert.ok(pins.some(({ kind, pin }) => kind === 'model' && pin === null));
  const [one] = (await sft('explain', 0, 'explain', 'batch/global')).findings;
  assert.is(one?.id, 'batch/global');
  assert.ok((await sft('explain', 0, 'explain')).findings.length > 50);
  const { scripts } = await sft('export', 0, 'export', 'handover');
  assert.is(scripts.length, 1);
});

test('a command that fails tells why in one document', async () => {
  const failures = await Promise.all([
    sft('failure', 64, 'synth', 'dmo'),
    sft('failure', 64, 'snyth'),
    sft('failure', 64, 'plan', '--ot'),
    sft('failure', 65, 'synth', 'wrong/wrong.ts'),
    sft('failure', 64, 'explain', 'batch/globl'),
    sft('failure', 64, 'state', 'lst'),
    sft('failure', 64, 'unlock', 'none'),
    sft('failure', 64, 'logs'),
  ]);
  assert.equal(
    failures.map(({ findings }) => findings[0]?.id),
    [
      'stack/unknown',
      'usage/arguments',
      'usage/arguments',
      'setting/invalid',
      'usage/explain',
      'usage/arguments',
      'state/no-lock',
      'run/none',
    ],
  );
  assert.equal(
    failures.map((failure) => failure.exit),
    [64, 64, 64, 65, 64, 64, 64, 64],
  );
});

test('apply shows its plan as a line, then what it does; status, logs, state, cancel, resume, output', async () => {
  assert.equal((await sft('status', 0, 'status')).runs, []);
  const unasked = await it.sft('apply', '--json');
  const { events: shown, failure } = linesOf(unasked);
  assert.equal(typesOf(shown), ['plan']);
  assert.equal([unasked.code, failure?.exit, failure?.findings[0]?.id], [1, 1, 'confirm/no-terminal']);
  const applied = linesOf(await it.sft('apply', '--yes', '--json')).events;
  const types = typesOf(applied);
  assert.equal([types[0], types.at(-1)], ['plan', 'change_summary']);
  assert.ok(types.includes('apply_start') && types.includes('apply_complete'));
  await it.awaitStarts(1);

  const [run] = (await sft('status', 0, 'status')).runs;
  assert.equal([run?.state, run?.step, run?.loss], ['running', 1, 2.5]);
  await sft('plan', 0, 'plan');
  const [listed] = (await sft('state-list', 0, 'state', 'list')).runs;
  assert.is(listed?.run, 'demo/sft');
  assert.is((await sft('state-show', 0, 'state', 'show', 'sft')).attempts[0]?.n, 1);
  const pulled = await it.sft('state', 'pull', '--json');
  assert.is(read('state-pull', pulled).stack, 'demo');
  writeFileSync(join(it.folder, 'pulled.json'), pulled.out);

  assert.is((await sft('cancel', 0, 'cancel', 'sft', '--yes')).outcome, 'cancelled');
  assert.is((await sft('cancel', 0, 'cancel', 'sft', '--yes')).outcome, 'not-running');
  const logs = linesOf(await it.sft('logs', '--json')).events;
  assert.equal([typesOf(logs).includes('step'), typesOf(logs).at(-1)], [true, 'end']);
  assert.is((await sft('output', 1, 'output')).result, undefined);
  const resumed = linesOf(await it.sft('resume', 'demo/sft', '--json')).events;
  assert.is(typesOf(resumed).at(-1), 'change_summary');
  await it.awaitStarts(2);
});

test('Ctrl-C, and a lock that is held', async () => {
  const { child, ended } = it.start(['logs', '-f', '--json']);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.kill('SIGINT');
  const interrupted = await ended;
  assert.equal([interrupted.code, linesOf(interrupted).failure?.exit], [130, 130]);

  const me = { who: 'ann', host: 'elsewhere', pid: 1, start: '1', boot: '1' };
  const held = await acquire(it.states, me, { what: 'apply', now: () => Date.now() / 1000 });
  const locked = linesOf(await it.sft('state', 'rm', 'sft', '--yes', '--json'));
  assert.equal([locked.failure?.exit, locked.failure?.findings.length], [4, 1]);
  const [, id = ''] = /unlock ([\w-]+)/.exec(locked.failure?.findings[0]?.fix ?? '') ?? [];
  assert.equal(await sft('unlock', 0, 'unlock', id, '--yes'), { format_version: '1.0', stack: 'demo', unlocked: id });
  held.release();
});

test('apply --wait follows the run; a result; what is done by hand; destroy', async () => {
  it.finish();
  const waited = linesOf(await it.sft('apply', '--yes', '--wait', '--json')).events;
  assert.equal(typesOf(waited).slice(0, 2), ['plan', 'change_summary']);
  await it.awaitQuiet();
  const result = {
    format: 1,
    kind: 'adapter',
    files: [{ path: 'a', bytes: 1, sha256: '0'.repeat(64) }],
    loss_first: 2,
  };
  const { checkpoints } = await sft('output', 1, 'output');
  assert.equal(checkpoints, []);
  const runs = join(it.folder, '.sft/workspace/runs');
  const place = join(runs, readdirSync(runs)[0] ?? '', 'output/result');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'result.json'), JSON.stringify(result));
  assert.equal((await sft('output', 0, 'output')).result?.folder, place);

  const { moved } = await sft('state-mv', 0, 'state', 'mv', 'sft', 'again');
  assert.equal(moved, [{ from: 'sft', to: 'again' }]);
  await sft('state-show', 0, 'state', 'show', 'again');
  const { serial } = await sft('state-push', 0, 'state', 'push', 'pulled.json', '--yes', '--force');
  assert.type(serial, 'number');
  assert.is((await sft('state-push', 0, 'state', 'push', 'pulled.json', '--yes', '--force')).serial, undefined);
  assert.is((await sft('state-rm', 0, 'state', 'rm', 'sft', '--yes')).run, 'demo/sft');
  assert.equal(linesOf(await it.sft('destroy', '--yes', '--json')).events, []);
  await it.sft('state', 'push', 'pulled.json', '--yes', '--force');
  const destroyed = linesOf(await it.sft('destroy', '--yes', '--json')).events;
  assert.is(typesOf(destroyed).at(-1), 'change_summary');
});

test.run();
