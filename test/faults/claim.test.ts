/** Several supervisors reach for one attempt: whoever makes its folder has it, the others leave. */
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { effort } from '../support/effort.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('claims');

const only = (folder: string, pattern: RegExp): string => {
  const [name = ''] = readdirSync(folder).filter((each) => pattern.test(each));
  return join(folder, name);
};

/** Starts the run's own launch.sh by hand; resolves to its exit code. */
function launch(it: StandIn, attempt: number): Promise<number | null> {
  const root = join(it.folder, '.sft/workspace');
  const child = spawn('bash', [join(only(join(root, 'bundles'), /^[0-9a-f]{12}$/), 'launch.sh')], {
    stdio: 'ignore',
    env: {
      ...process.env,
      SFT_ROOT: root,
      SFT_RUN: only(join(root, 'runs'), /^sft--/),
      SFT_PYTHON: join(only(join(root, 'environments'), /-py3\.\d+$/), 'bin/python'),
      SFT_ATTEMPT: String(attempt),
      SFT_PROVENANCE: '{}',
    },
  });
  return new Promise((resolve) => child.on('close', resolve));
}

test('six supervisors start one attempt at once: one training, the others leave with exit code 3', async () => {
  const it = await StandIn.make();
  try {
    assert.is((await it.sft('apply', '--yes')).code, 0);
    await it.awaitStarts(1);
    it.finish('data');
    assert.equal(await it.awaitQuiet(), []);
    for (let attempt = 2; attempt <= effort(2, 10) + 1; attempt++) {
      rmSync(join(it.ledger, 'end'));
      const racers = Array.from({ length: 6 }, () => launch(it, attempt));
      // The losers leave at once; the winner's training waits to be told its end.
      await it.awaitStarts(attempt);
      await Promise.race([Promise.race(racers), sleep(10_000)]);
      it.finish('data');
      const codes = (await Promise.all(racers)).sort();
      assert.is(it.starts().length, attempt, 'an attempt was started twice');
      assert.equal(codes, [3, 3, 3, 3, 3, 7]);
    }
  } finally {
    await it.remove();
  }
});

test.run();
