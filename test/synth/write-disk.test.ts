/** A disk that fails in the middle of a synthesis, and what a killed one has left. */
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../../lib/errors.ts';
import { compareFiles, type Disk, diskError, writeFilesSync } from '../../lib/synth/write.ts';
import { all, refused, two } from '../support/written.ts';

interface Place {
  top: string;
  folder: string;
}
const test = suite<Place>('write, and the disk fails');
test.before.each((context) => {
  context.top = mkdtempSync(join(tmpdir(), 'sft-write-'));
  context.folder = join(context.top, 'synth', 'a');
});
test.after.each(({ top }) => rmSync(top, { recursive: true, force: true }));

/** A disk that is full after some files. */
function filling(after: number): Disk {
  let left = after;
  return {
    write(path, content, mode) {
      writeFileSync(path, left > 0 ? content : content.slice(0, 1), { mode });
      if (left-- <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
    rename: () => {
      throw new Error('renamed before all was written');
    },
  };
}

test('a disk that fills up leaves everything as it was', ({ folder }) => {
  for (const after of [0, 1, 2]) {
    const error = refused(() => writeFilesSync(folder, two(), { disk: filling(after) }));
    assert.is(error.findings[0]?.id, 'synth/disk-full');
    assert.equal(existsSync(folder) ? all(folder) : [], []);
  }
  writeFilesSync(folder, two());
  const next = two().map((each) => ({ ...each, content: `${each.content}#\n` }));
  for (const after of [0, 1, 2]) refused(() => writeFilesSync(folder, next, { disk: filling(after) }));
  assert.equal(compareFiles(folder, two()), []);
  assert.is(all(folder).length, 3);
});

test('each failure of the disk that a user can mend is told as such; others are bugs', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR'])
    assert.instance(diskError(Object.assign(new Error(code), { code }), 'x'), UserError);
  const bug = new TypeError('x');
  assert.is(diskError(bug, 'x'), bug);
});

test('what a killed writer left is swept up, what a living one has is not', ({ folder }) => {
  writeFilesSync(folder, two());
  const old = join(folder, 'run', '.train.json.0.sft-tmp');
  const fresh = join(folder, 'run', '.train.json.1.sft-tmp');
  for (const path of [old, fresh]) writeFileSync(path, '{');
  utimesSync(old, 1000, 1000);
  writeFilesSync(folder, two());
  assert.not.ok(existsSync(old));
  assert.ok(existsSync(fresh));
});

test.run();
