/** A renamed run with real processes: the training goes on, and a further attempt has the folder and token of its birth. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordedTokens } from '../support/disk-state.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('renamed runs');

test('plan, apply, cancel, resume after a rename: one folder, tokens of the first name, one training at a time', async () => {
  const text = program();
  const it = await StandIn.make(text);
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    await it.awaitStarts(1);
    const renamed = text
      .replace("'sft'", "'second'")
      .replace('app.synth()', "stack.moved({ from: 'sft', to: 'second' });\napp.synth()");
    assert.is.not(renamed, text);
    it.project.write({ 'stacks/demo.ts': renamed });
    const plan = await it.sft('plan');
    assert.match(plan.out, /~ run +second +in place: renamed from sft: it is running/);
    const applied = await it.sft('apply', '--yes');
    assert.is(applied.code, 0, applied.err);
    assert.match((await it.sft('status')).out, /demo\/second +running/);
    assert.is((await it.sft('cancel', '--yes', 'demo/second')).code, 0);
    const resumed = await it.sft('resume', 'demo/second');
    assert.is(resumed.code, 0, resumed.err);
    const starts = await it.awaitStarts(2);
    assert.equal(
      starts.map(({ attempt }) => attempt),
      ['1', '2'],
    );
    assert.equal(starts.map(({ token }) => token).sort(), recordedTokens(it.states));
    const runs = readdirSync(join(it.folder, '.sft/workspace/runs'));
    assert.is(runs.length, 1);
    assert.match(runs[0] ?? '', /^sft--/);
    assert.match((await it.sft('plan')).out, /Nothing to do/);
  } finally {
    await it.remove();
  }
});

test.run();
