/** The pinned Python packages: resolved, not typed; together consistent; and what a stack asks for is what pip gets. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requirementsFor } from '../../lib/catalog/requirements.ts';
import { python } from '../support/python.ts';

const root = join(import.meta.dirname, '..', '..');
const bare = { device: 'cpu', deepspeed: false, quantization: false, trackers: [], attention: 'sdpa' } as const;
const names = (text: string) => text.split('\n').map((line) => line.split('==')[0]);

test('resolved again from the .in files, the pins are the same', () => {
  const uv = join(dirname(python()), 'uv');
  const { status, stdout, stderr } = spawnSync('node', ['scripts/resolve-requirements.js', '--check', '--uv', uv], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.is(status, 0, stdout + stderr);
});

test('what pip installed satisfies itself, at the pinned versions', () => {
  const check = spawnSync(python(), ['-m', 'pip', 'check'], { encoding: 'utf8' });
  assert.is(check.status, 0, check.stdout);
  const frozen = spawnSync(python(), ['-m', 'pip', 'freeze', '--all'], { encoding: 'utf8' })
    .stdout.toLowerCase()
    .replaceAll('_', '-');
  const wanted = requirementsFor({ ...bare, deepspeed: true, quantization: true })
    .trim()
    .split('\n');
  // A CPU build adds its own mark to the version: torch==2.13.0+cpu.
  const missing = wanted.filter(
    (line) => !frozen.split('\n').some((has) => has === line || has.startsWith(`${line}+`)),
  );
  assert.equal(missing, []);
});

test('only what the settings use is asked for', () => {
  const base = names(requirementsFor(bare));
  for (const name of ['torch', 'transformers', 'trl', 'peft']) assert.ok(base.includes(name), name);
  for (const name of ['deepspeed', 'bitsandbytes', 'wandb', 'flash-attn', 'triton'])
    assert.not.ok(base.includes(name), name);
  assert.ok(names(requirementsFor({ ...bare, deepspeed: true })).includes('deepspeed'));
  assert.ok(names(requirementsFor({ ...bare, quantization: true })).includes('bitsandbytes'));
  assert.ok(names(requirementsFor({ ...bare, trackers: ['wandb'] })).includes('wandb'));
  const gpu = names(requirementsFor({ ...bare, device: 'gpu', attention: 'flash_attention_2' }));
  assert.ok(gpu.includes('flash-attn') && gpu.includes('nvidia-nccl-cu13'));
});

test.run();
