/** A full disk and a read-only one at each place that an apply writes to: small file systems that root can mount. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { effort } from '../support/effort.ts';
import { skip } from '../support/skip.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('disks');

function mount(path: string, options: string): void {
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function fill(path: string): void {
  try {
    writeFileSync(join(path, 'filler'), Buffer.alloc(2 ** 20));
  } catch {
    // Full is what it is meant to be.
  }
}

const faults = {
  full: { options: 'size=4k', says: /no space left|disk.?full/i },
  'read-only': { options: 'ro', says: /read-only|not writable/i },
} as const;

/** Below `.sft/`, in the order in which an apply writes there. */
const places = [
  'state/demo/lock',
  'state/demo/journal',
  'state/demo/files',
  'workspace/bundles',
  'workspace/trainer',
  'workspace/sources',
  'workspace/data',
  'workspace/runs',
  'state/demo',
];

async function once(place: string, fault: keyof typeof faults): Promise<void> {
  const it = await StandIn.make();
  const path = join(it.folder, '.sft', place);
  const { options, says } = faults[fault];
  const what = `${place}, ${fault}`;
  try {
    mount(path, options);
    if (fault === 'full') fill(path);
    const failed = await it.sft('apply', '--yes');
    assert.is(failed.code, 1, `${what}: ${failed.err}`);
    assert.match(failed.err, says, what);
    assert.match(failed.err, `.sft/${place}`, `${what}: the place is not named`);
    assert.not.match(failed.err, /bug of sft/, what);
    assert.equal(it.starts(), [], what);
    const plan = await it.sft('plan', '--detailed-exitcode');
    assert.is(plan.code, 2, `${what}: ${plan.err}`);
    assert.is(spawnSync('umount', [path]).status, 0);
    const again = await it.sft('apply', '--yes');
    assert.is(again.code, 0, `${what}: ${again.err}`);
    assert.is((await it.awaitStarts(1)).length, 1, what);
    assert.is((await it.sft('plan', '--detailed-exitcode')).code, 0, what);
  } finally {
    spawnSync('umount', [path]);
    await it.remove();
  }
}

if (process.getuid?.() !== 0) skip('full and read-only disks', 'mounting needs root');
else
  for (const [index, place] of places.entries())
    for (const [turn, fault] of (['full', 'read-only'] as const).entries())
      if ((index + turn) % effort(6, 1) === 0)
        test(`${place}, ${fault}: told with its place, nothing half-written counts, the next apply goes on`, () =>
          once(place, fault));

test.run();
