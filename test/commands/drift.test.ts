/** Each kind of drift with the real local target, supervisor and a small process as the training. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import { faultsOf } from '../support/schemas.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite<{ it: StandIn }>('drift');
test.before.each(async (context) => {
  context.it = await StandIn.make();
  assert.is((await context.it.sft('apply', '--yes')).code, 0);
  await context.it.awaitStarts(1);
});
test.after.each(({ it }) => it.remove());

interface Seen {
  readonly kind: string;
  readonly what: string;
  readonly remedy?: string;
}

async function planOf(it: StandIn) {
  const document = JSON.parse((await it.sft('plan', '--json')).out);
  assert.equal(faultsOf('plan', document), []);
  const [{ drift, findings, changes }] = document.stacks;
  const run = document.resource_changes.find((one: { type: string }) => one.type === 'train');
  const ids: string[] = findings.map((one: { id: string }) => one.id).filter((id: string) => id.startsWith('drift/'));
  return {
    drift: drift.map(({ kind, what, remedy }: Seen) => [kind, what, ...(remedy ? [remedy] : [])].join(' ')),
    ids,
    changes,
    verb: run.sft.verb,
  };
}

function runOf(it: StandIn): string {
  const runs = join(it.folder, '.sft/workspace/runs');
  return join(runs, readdirSync(runs)[0] ?? '');
}

test('progress is no drift: running says nothing, an end is told and changes nothing', async ({ it }) => {
  assert.equal(await planOf(it), { drift: [], ids: [], changes: false, verb: 'none' });
  it.finish();
  assert.equal(await it.awaitQuiet(), []);
  assert.equal(await planOf(it), { drift: ['progress ended'], ids: [], changes: false, verb: 'none' });
  const { out } = await it.sft('plan');
  assert.match(out, /On the target, since it was last recorded:\n {4}progress +sft +attempt 1 has ended: done\n/);
  assert.match(out, 'Nothing to do.');
  assert.is((await it.sft('apply', '--refresh-only', '--yes')).code, 0);
  assert.equal((await planOf(it)).drift, []);
});

test('an edited bundle is harmful and is repaired while the run goes on; a saved plan says the same', async ({
  it,
}) => {
  const bundles = join(it.folder, '.sft/workspace/bundles');
  const file = join(bundles, readdirSync(bundles)[0] ?? '', 'train.json');
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, '\n');
  const plan = await planOf(it);
  assert.equal([plan.drift, plan.ids, plan.changes], [['harmful artifact repaired'], ['drift/artifact'], true]);
  const { out } = await it.sft('plan', '--out', 'my.plan');
  assert.match(out, /harmful +sft#bundle +the bundle was edited on the target \(apply makes it again\)/);
  assert.match(out, /~ bundle +sft#bundle +made again/);
  assert.is((await it.sft('show', 'my.plan')).out, out);
  const applied = await it.sft('apply', 'my.plan');
  assert.is(applied.code, 0, applied.err);
  assert.is(readFileSync(file, 'utf8'), whole);
  assert.equal(await planOf(it), { drift: [], ids: [], changes: false, verb: 'none' });
  assert.is(it.starts().length, 1);
});

test('cancelled by someone: told, and nothing starts until a person resumes it', async ({ it }) => {
  writeFileSync(join(runOf(it), 'attempts/1/request.json'), '{"do": "stop", "save": true}');
  assert.equal(await it.awaitQuiet(), []);
  const expected = { drift: ['harmful cancelled'], ids: ['drift/cancelled'], changes: false, verb: 'none' };
  assert.equal(await planOf(it), expected);
  assert.is((await it.sft('apply', '--yes')).code, 0);
  assert.is(it.starts().length, 1);
  assert.is((await it.sft('resume', 'demo/sft')).code, 0);
  await it.awaitStarts(2);
  assert.equal(await planOf(it), { drift: [], ids: [], changes: false, verb: 'none' });
});

/** As the trainer leaves one: files, a marker that lists them, and the event. */
function checkpoint(it: StandIn, step: number): string {
  const folder = join(runOf(it), `output/checkpoint-${step}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'weights'), '1234');
  const files = [{ path: 'weights', bytes: 4, sha256: sha256('1234') }];
  writeFileSync(join(folder, 'complete.json'), JSON.stringify({ format: 1, step, files }));
  const event = { kind: 'checkpoint', time: 1, step, path: `output/checkpoint-${step}`, bytes: 4 };
  appendFileSync(join(runOf(it), 'attempts/1/events.jsonl'), `${JSON.stringify(event)}\n`);
  return folder;
}

test('a checkpoint that is gone or cut is harmful, and the one before it is named', async ({ it }) => {
  checkpoint(it, 10);
  const newest = checkpoint(it, 20);
  assert.equal((await planOf(it)).drift, []);
  writeFileSync(join(newest, 'weights'), '12');
  const expected = { drift: ['harmful checkpoint'], ids: ['drift/checkpoint'], changes: false, verb: 'none' };
  assert.equal(await planOf(it), expected);
  rmSync(newest, { recursive: true });
  const { out } = await it.sft('plan');
  assert.match(out, /its checkpoint 20 is no longer there whole; without it, it goes on from checkpoint 10/);
  it.finish('killed');
  await it.awaitQuiet(60);
  rmSync(join(it.ledger, 'end'), { force: true });
});

test('an edited result is harmful: nothing starts by itself; put back as it was, it is done', async ({ it }) => {
  it.finish();
  assert.equal(await it.awaitQuiet(), []);
  const folder = join(runOf(it), 'output/result');
  const adapter = join(folder, 'adapter.safetensors');
  const files = [{ path: 'adapter.safetensors', bytes: 4, sha256: sha256('1234') }];
  writeFileSync(adapter, '1234');
  writeFileSync(join(folder, 'result.json'), JSON.stringify({ format: 1, kind: 'adapter', files }));
  assert.is((await it.sft('apply', '--refresh-only', '--yes')).code, 0);
  assert.equal(await planOf(it), { drift: [], ids: [], changes: false, verb: 'none' });
  const harmful = { drift: ['harmful altered'], ids: ['drift/altered'], changes: false, verb: 'none' };
  // The same size: told by its time and content. Then another size, then nothing at all.
  const { mtimeMs } = statSync(join(folder, 'result.json'));
  while (statSync(adapter).mtimeMs <= mtimeMs) writeFileSync(adapter, '4321');
  assert.equal(await planOf(it), harmful);
  writeFileSync(adapter, '123');
  assert.equal(await planOf(it), harmful);
  rmSync(adapter);
  assert.equal(await planOf(it), harmful);
  assert.match((await it.sft('plan')).out, /harmful +sft +its result is not as the trainer wrote it/);
  writeFileSync(adapter, '1234');
  assert.equal((await planOf(it)).drift, []);
});

test('a folder that is gone is harmful, and apply would train from the beginning', async ({ it }) => {
  it.finish();
  assert.equal(await it.awaitQuiet(), []);
  rmSync(runOf(it), { recursive: true });
  assert.equal(await planOf(it), { drift: ['harmful gone'], ids: ['drift/gone'], changes: true, verb: 'create' });
});

test.run();
