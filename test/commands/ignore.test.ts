/** `ignoreChanges` through the command: the program says another value, and nothing is to be done. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newestState } from '../support/disk-state.ts';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('ignored changes');

test('plan shows both values and does nothing; without the name it is a new run', async () => {
  const text = (rate: string, ignore: string) => program(`learningRate: ${rate}, ${ignore}`);
  const ignore = `ignoreChanges: ['learningRate'],`;
  const it = await StandIn.make(text('1e-4', ignore));
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    it.project.write({ 'stacks/demo.ts': text('5e-4', ignore) });
    const plan = await it.sft('plan');
    assert.match(plan.out, /learningRate +ignored: stays 1e-4, the program says 5e-4/);
    assert.match(plan.out, /Nothing to do/);
    const json = JSON.parse((await it.sft('plan', '--json')).out);
    const run = json.resource_changes.find((change: { address: string }) => change.address === 'sft');
    assert.equal(run.sft.ignored, [{ path: 'learningRate', kept: 1e-4, written: 5e-4 }]);
    it.project.write({ 'stacks/demo.ts': text('5e-4', `${ignore} weightDecay: 0.1,`) });
    const other = await it.sft('apply', '--yes');
    assert.is(other.code, 0, other.err);
    assert.is(newestState(it.states).recorded[0]?.resource.settings.learningRate, 1e-4, 'a new run takes it over too');
    it.project.write({ 'stacks/demo.ts': text('5e-4', 'weightDecay: 0.1,') });
    assert.match((await it.sft('plan')).out, /learningRate +1e-4 -> 5e-4 +semantic/);
  } finally {
    await it.remove();
  }
});

test.run();
