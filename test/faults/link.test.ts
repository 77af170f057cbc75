/** Processes that create the same names at the same moments: each name is given once. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkout } from '../support/sft.ts';

const test = suite('names given once');
const rounds = 1500;

/** Tries the next name at each tick of the clock; writes how often it was the one that created it. */
const racer = `
const { createWhole } = await import(process.argv[1]);
const [folder, start] = [process.argv[2], Number(process.argv[3])];
let won = 0;
for (let round = 0; round < ${rounds}; round++) {
  while (performance.timeOrigin + performance.now() < start + round * 2);
  if (createWhole(folder + '/' + round + '.json', String(process.pid))) won++;
}
process.stdout.write(String(won));`;

test('three processes, 1500 names: the winners are 1500', async () => {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sft-link-'));
  const start = Date.now() + 1500;
  const racers = Array.from({ length: 3 }, () => {
    const words = ['--input-type=module', '-e', racer, join(checkout, 'lib/state/disk.ts'), folder, String(start)];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    return new Promise<number>((resolve) => child.on('close', () => resolve(Number(output))));
  });
  const won = (await Promise.all(racers)).reduce((sum, each) => sum + each, 0);
  rmSync(folder, { recursive: true });
  assert.is(won, rounds, 'a name was given more than once');
});

test.run();
