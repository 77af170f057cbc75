/** launch.sh started by hand, with the real supervisor and a small process as the training; `sft adopt` takes it over. */
import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { faultsOf } from '../support/schemas.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite<{ it: StandIn }>('adopt');
test.before.each(async (context) => {
  context.it = await StandIn.make();
});
test.after.each(({ it }) => it.remove());

/** As a person does: in a terminal of its own, that is closed again. */
function byHand(it: StandIn, script: string, env: Record<string, string> = {}) {
  const [environment = ''] = readdirSync(join(it.folder, '.sft/workspace/environments'));
  const python = join(it.folder, '.sft/workspace/environments', environment, 'bin/python');
  const clean = { PATH: process.env.PATH ?? '', HOME: it.folder, SFT_PYTHON: python };
  const started = spawn('bash', [script], { env: { ...clean, ...env }, stdio: 'ignore', detached: true });
  return new Promise<number | null>((resolve) => started.on('exit', resolve));
}

const workspaceOf = (it: StandIn) => realpathSync(join(it.folder, '.sft/workspace'));
const json = async (it: StandIn, ...args: string[]) => JSON.parse((await it.sft(...args, '--json')).out);

async function planOf(it: StandIn) {
  const document = await json(it, 'plan');
  assert.equal(faultsOf('plan', document), []);
  const run = document.resource_changes.find((one: { type: string }) => one.type === 'train');
  const drift = document.stacks[0].drift.map((one: { kind: string; what: string }) => `${one.kind} ${one.what}`);
  return { verb: run.sft.verb, drift };
}

test('in the run’s own folder: the plan notices it, apply records it, and nothing starts beside it', async ({ it }) => {
  assert.is((await it.sft('apply', '--yes')).code, 0);
  await it.awaitStarts(1);
  it.finish('user-code');
  assert.equal(await it.awaitQuiet(), []);
  rmSync(join(it.ledger, 'end'));
  const [bundle = ''] = readdirSync(join(it.folder, '.sft/workspace/bundles'));
  const script = join(it.folder, '.sft/workspace/bundles', bundle, 'launch.sh');
  byHand(it, script, { SFT_ROOT: workspaceOf(it) });
  await it.awaitStarts(2);
  assert.equal(await planOf(it), { verb: 'refresh', drift: ['benign by-hand', 'progress ended'] });
  const { out } = await it.sft('plan');
  assert.match(
    out,
    /since it was last recorded:\n {4}benign +sft +attempt 2 was started by hand \(apply records it\)\n/,
  );
  assert.match(out, /~ run +sft +in place: it is running: attempt 2 was started by hand, and is recorded/);
  assert.is((await it.sft('apply', '--yes')).code, 0);
  assert.match((await it.sft('plan')).out, 'Nothing to do.');
  // A lost state: the attempts are found again, and adopt alone records them.
  rmSync(join(it.folder, '.sft/state'), { recursive: true });
  assert.is((await planOf(it)).verb, 'adopt');
  const adopted = await json(it, 'adopt', 'demo/sft');
  assert.equal(faultsOf('adopt', adopted), []);
  assert.equal(
    [adopted.outcome, adopted.attempts.map((one: { n: number; state: string }) => [one.n, one.state])],
    [
      'adopted',
      [
        [1, 'ended'],
        [2, 'running'],
      ],
    ],
  );
  assert.match((await it.sft('adopt', 'sft')).out, 'demo/sft is known already: attempt 2, running.');
  assert.is(it.starts().length, 2);
});

test('in an export: taken over after a crash at each boundary, then stopped and resumed as any run', async ({ it }) => {
  assert.is((await it.sft('export', 'out')).code, 0);
  const folder = join(it.folder, 'out/demo/sft');
  const ended = byHand(it, join(folder, 'launch.sh'));
  await it.awaitStarts(1);
  let k = 1;
  for (; ; k++) {
    const args = ['adopt', 'demo/sft', '--from', 'out/demo/sft'];
    const { code, out, err } = await it.start(args, { SFT_CRASH_AT: String(k) }).ended;
    assert.is(it.starts().length, 1);
    if (code === 0) {
      assert.match(out, 'demo/sft is ', err);
      break;
    }
    const { verb } = await planOf(it);
    assert.ok(['create', 'adopt', 'none'].includes(verb), verb);
  }
  assert.ok(k > 5, `only ${k} boundaries were met`);
  assert.equal(await planOf(it), { verb: 'none', drift: [] });
  assert.is((await it.sft('apply', '--yes')).code, 0);
  assert.is(it.starts().length, 1);
  const status = await json(it, 'status');
  assert.is(JSON.stringify(status).includes('"running"'), true);
  assert.is((await it.sft('cancel', '-y', 'demo/sft')).code, 0);
  assert.is(await ended, 143);
  const resumed = await it.sft('resume', 'demo/sft');
  assert.is(resumed.code, 0, resumed.err);
  await it.awaitStarts(2);
  assert.equal(readdirSync(join(folder, 'run/attempts')), ['1', '2'], 'it goes on where its checkpoints are');
  it.finish();
  assert.equal(await it.awaitQuiet(), []);
  assert.match((await it.sft('plan')).out, 'Nothing to do.');
  // The folder is the run: without it, the run is gone.
  rmSync(join(it.folder, 'out'), { recursive: true });
  rmSync(join(it.ledger, 'end'));
  assert.equal(await planOf(it), { verb: 'create', drift: ['harmful gone'] });
  const anew = await it.sft('apply', '--yes');
  assert.is(anew.code, 0, anew.err);
  await it.awaitStarts(3);
});

test('what is not this run is refused with the reason, and nothing is recorded', async ({ it }) => {
  assert.is((await it.sft('export', 'out')).code, 0);
  const refusal = async (id: string, what: RegExp, ...args: string[]) => {
    const { code, err } = await it.sft('adopt', ...args);
    assert.is(code, 1, err);
    assert.match(err, `[${id}]`);
    assert.match(err, what);
  };
  await refusal('adopt/nothing', /No attempt of sft is in the workspace/, 'demo/sft');
  await refusal('adopt/nothing', /holds no attempt/, 'demo/sft', '--from', 'out/demo/sft');
  byHand(it, join(it.folder, 'out/demo/sft/launch.sh'));
  await it.awaitStarts(1);
  it.finish();
  assert.equal(await it.awaitQuiet(), []);
  const train = join(it.folder, 'out/demo/sft/train.json');
  const whole = readFileSync(train, 'utf8');
  appendFileSync(train, '\n');
  await refusal('adopt/edited', /train\.json is not as it was written/, 'sft', '--from', 'out/demo/sft');
  writeFileSync(train, whole);
  it.project.write({ 'stacks/demo.ts': program('learningRate: 3e-4,') });
  await refusal('adopt/other-run', /other settings shape what it learns/, 'sft', '--from', 'out/demo/sft');
  // The files of other settings, written anew beside attempts of before.
  assert.is((await it.sft('export', 'out')).code, 0);
  await refusal('adopt/other-start', /Attempt 1 in .* is of other settings/, 'sft', '--from', 'out/demo/sft');
  it.project.write({ 'stacks/demo.ts': program() });
  assert.is((await it.sft('export', 'out')).code, 0);
  const [, identity = ''] = /"identity": "([0-9a-f]{12})/.exec(whole) ?? [];
  it.project.write({ [`.sft/workspace/runs/sft--${identity}/launch-1.log`]: '' });
  await refusal('adopt/taken', /has a folder in the workspace already/, 'sft', '--from', 'out/demo/sft');
  const misspelt = await it.sft('adopt', 'sfd');
  assert.is(misspelt.code, 64);
  assert.match(misspelt.err, /Did you mean "sft"\?/);
  const { stacks } = await json(it, 'plan');
  assert.is(stacks[0].base.serial, 0);
});

test.run();
