/** A run that was made with `-c` is resumed as it was made, through the real launch.sh and supervisor. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program, StandIn } from '../support/stand-in.ts';

const test = suite('context of a run');

test('resume answers the program as apply did; -c counts more', async () => {
  const it = await StandIn.make(program(`seed: Number(app.context('seed') ?? 1),`));
  try {
    const applied = await it.sft('apply', '--yes', '-c', 'seed=7');
    assert.is(applied.code, 0, applied.err);
    const [first] = await it.awaitStarts(1);
    assert.is((await it.sft('cancel', '--yes', 'demo/sft')).code, 0);
    assert.equal(await it.awaitQuiet(), []);
    const other = await it.sft('resume', 'demo/sft', '-c', 'seed=8');
    assert.is.not(other.code, 0, 'another run is not this one resumed');
    const resumed = await it.sft('resume', 'demo/sft');
    assert.is(resumed.code, 0, resumed.err);
    const starts = await it.awaitStarts(2);
    assert.equal(
      starts.map(({ attempt }) => attempt),
      ['1', '2'],
    );
    assert.is.not(starts[1]?.token, first?.token);
  } finally {
    await it.remove();
  }
});

test.run();
