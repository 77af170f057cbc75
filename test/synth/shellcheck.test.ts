import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderRun } from '../../lib/synth/render.ts';
import { cases, runInput } from '../support/run-input.ts';
import { skip } from '../support/skip.ts';

const there = spawnSync('shellcheck', ['--version']).status === 0;
if (!there) skip('shellcheck of every launch.sh', 'shellcheck is not installed (apt-get install shellcheck)');

const model = { source: 'run', run: 'first', use: 'merged', identity: 'ab'.repeat(32) };
const all = { ...cases, 'from-run': () => runInput({ model }, { home: 'first' }) };

for (const [name, input] of there ? Object.entries(all) : []) {
  test(`shellcheck has nothing to say of the launch.sh of ${name}`, () => {
    const script = renderRun(input()).find(({ path }) => path.endsWith('/launch.sh'))?.content;
    const run = spawnSync('shellcheck', ['--shell=bash', '--enable=quote-safe-variables', '-'], {
      input: script ?? '',
      encoding: 'utf8',
    });
    assert.is(run.status, 0, run.stdout);
  });
}

test.run();
