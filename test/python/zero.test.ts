/** examples/zero-2.ts through the command: two ranks, DeepSpeed, one result. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainerEvent } from '../../lib/base/events.ts';
import { lendEnvironment } from '../support/environment.ts';
import { checkout, makeProject, startSft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

const program = 'examples/zero-2.ts';
const rows = 'examples/data/everyday.json';

if (spawnSync('g++', ['--version']).status !== 0)
  skip('ZeRO-2 through the command', 'DeepSpeed compiles for the CPU, and there is no g++');
else
  test('two ranks train under ZeRO-2, and the plan’s numbers are the run’s', async () => {
    const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
    const project = makeProject({ [program]: read(program), [rows]: read(rows) });
    assert.is(spawnSync(process.execPath, [program], { cwd: project.folder }).status, 0);
    lendEnvironment(project.folder, 'zero-2');
    // What DeepSpeed compiles is kept between runs of the tests, as on a machine of one's own.
    const env = { TORCH_EXTENSIONS_DIR: join(checkout, '.sft', 'cache', 'torch-extensions') };
    const applied = await startSft(project.folder, ['apply', program, '--yes', '--wait'], env).ended;
    assert.is(applied.code, 0, applied.err);
    const logs = await startSft(project.folder, ['logs', '--json']).ended;
    const events = logs.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as TrainerEvent);
    const start = events.find((event) => event.kind === 'start');
    assert.ok(start?.kind === 'start');
    assert.is(start.world_size, 2);
    // 64 rows: ceil(ceil(64 / 4) / 2) = 8 micro-batches a rank, 2 a step.
    assert.is(start.max_steps, 4);
    assert.ok('deepspeed' in start.versions);
    const checkpoints = events.flatMap((event) => (event.kind === 'checkpoint' ? [event.step] : []));
    assert.equal(checkpoints, [2, 4]);
    project.remove();
  });

test.run();
