import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainerFolder, trainerWheel } from '../../lib/targets/wheel.ts';

test('the same bytes twice, and in another time zone', () => {
  const wheel = trainerWheel(trainerFolder());
  assert.is(trainerWheel(trainerFolder()).sha256, wheel.sha256);
  const module = join(import.meta.dirname, '../../lib/targets/wheel.ts');
  const program = `const { trainerWheel, trainerFolder } = await import(${JSON.stringify(module)});
    process.stdout.write(trainerWheel(trainerFolder()).sha256);`;
  for (const TZ of ['Asia/Tokyo', 'America/Los_Angeles'])
    assert.is(
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }),
      wheel.sha256,
    );
});

test('RECORD lists every file with its hash and size', () => {
  const { name, bytes } = trainerWheel(trainerFolder());
  assert.match(name, /^cdksft_trainer-\d[\w.]*-py3-none-any\.whl$/);
  const files = unzipSync(bytes);
  const record = Object.keys(files).find((path) => path.endsWith('/RECORD'));
  const lines = strFromU8(files[record ?? ''] ?? new Uint8Array())
    .trim()
    .split('\n');
  assert.is(lines.length, Object.keys(files).length);
  assert.ok(files['cdksft_trainer/supervise.py']);
  for (const line of lines.slice(0, -1)) {
    const [path = '', hash, size] = line.split(',');
    const content = files[path] ?? new Uint8Array();
    assert.is(hash, `sha256=${createHash('sha256').update(content).digest('base64url')}`);
    assert.is(Number(size), content.length);
  }
});

test.run();
