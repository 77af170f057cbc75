import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainerEvent } from '../../lib/base/events.ts';
import { bytesText, durationText, figure, grouped } from '../../lib/base/quantity.ts';
import type { StackRun } from '../../lib/report/documents.ts';
import { eventText } from '../../lib/report/event-text.ts';
import { statusText } from '../../lib/report/status-text.ts';
import { eventOf } from '../../lib/targets/local/follow.ts';

const step: Extract<TrainerEvent, { kind: 'step' }> = {
  kind: 'step',
  time: 1,
  step: 7,
  max_steps: 60,
  epoch: 0.35,
  loss: 6.512345678,
  grad_norm: 1.25,
  learning_rate: 0.0002,
  tokens_per_second: 12_345.6,
  step_seconds: 2,
  memory_bytes: 1.5 * 2 ** 30,
};

test('figures are short and the same in every locale', () => {
  assert.equal([0, 999, 10_000, 1_234_567.8].map(grouped), ['0', '999', '10,000', '1,234,568']);
  assert.equal([0, 1536, 150 * 2 ** 20, 2 ** 41].map(bytesText), ['0 B', '1.5 KiB', '150 MiB', '2.0 TiB']);
  assert.equal([-1, 5.4, 65, 7300].map(durationText), ['0 s', '5 s', '1 min 5 s', '2 h 1 min']);
  assert.equal([0, 6.512345, 2e-4, 1e-10, 123456, 1e7].map(figure), ['0', '6.512', '2e-4', '1e-10', '123500', '1e7']);
});

test('an event of another shape is no line, and no mistake of ours', () => {
  for (const key of ['loss', 'step', 'memory_bytes'] as const) {
    const { [key]: _, ...less } = step;
    assert.is(eventText(less as typeof step), undefined);
    assert.equal(eventOf(JSON.stringify({ ...step, [key]: '\u001b[2J' })), []);
    assert.equal(eventOf(JSON.stringify({ ...step, [key]: null })), []);
  }
  assert.equal(eventOf(JSON.stringify({ kind: 'notice', time: 0, message: ['x'] })), []);
  assert.equal(eventOf(JSON.stringify(step)), [step]);
  const later = { kind: 'of-a-later-version', time: 0, step: 'x' };
  assert.equal(eventOf(JSON.stringify(later)), [later]);
  assert.is(eventText(later as never), undefined);
});

test('each event that a person wants is one line', () => {
  const lines: (string | undefined)[] = [
    eventText({
      kind: 'start',
      time: 0,
      attempt: 2,
      token: 'x',
      world_size: 1,
      versions: {},
      resumed_from: 20,
      max_steps: 60,
      trainable_parameters: 1000,
      parameters: 4000,
      train_rows: 300,
      trained_tokens: 9,
    }),
    eventText(step),
    eventText({ kind: 'evaluate', time: 2, step: 20, eval_loss: 5.5 }),
    eventText({ kind: 'checkpoint', time: 3, step: 20, path: 'output/checkpoint-20', bytes: 2048 }),
    eventText({ kind: 'sample', time: 3, memory_bytes: 1, cpu: 1 }),
    eventText({ kind: 'end', time: 4, cause: 'nan-loss', step: 21, message: 'loss is \u001b[31mnan' }),
    eventText({ kind: 'end', time: 4, cause: 'done', step: 60, result: 'output/result' }),
  ];
  assert.equal(lines, [
    'attempt 2 goes on from step 20: 300 rows, 60 steps, 1,000 of 4,000 parameters trained (25 %)',
    'step  7/60  loss 6.512  lr 2e-4  12,346 tokens/s  1.5 GiB  1 min 46 s left',
    'held-out loss 5.5 at step 20',
    'checkpoint at step 20, 2.0 KiB',
    undefined,
    'ended at step 21, nan-loss: loss is \\u001b[31mnan',
    'done at step 60',
  ]);
});

test('status says how each run stands, and why one failed', () => {
  const base = { address: 'sft', identity: 'abcdef0123456789', current: true, attempts: 1, attempt: 1, checkpoint: 5 };
  const runs: StackRun[] = [
    {
      ...base,
      stack: 'a',
      state: 'running',
      step: 7,
      maxSteps: 60,
      loss: 6.5123,
      tokensPerSecond: 12_345.6,
      memoryBytes: 1.5 * 2 ** 30,
      secondsLeft: 106,
    },
    { ...base, stack: 'longer', state: 'done', step: 60, current: false },
    {
      ...base,
      stack: 'b',
      address: 'x/y',
      state: 'failed-own',
      cause: 'out-of-memory',
      message: 'tried \u001b[1m2 GiB',
      step: 3,
      checkpoint: 0,
    },
    { address: 'sft', identity: 'x', current: true, attempts: 0, checkpoint: 0, stack: 'c', state: 'unknown' },
    { address: 'sft', identity: 'x', current: true, attempts: 0, checkpoint: 0, stack: 'd', state: 'absent' },
  ];
  assert.is(
    statusText(runs),
    [
      'a/sft                    running      attempt 1  step 7/60  loss 6.512  12,346 tokens/s  1.5 GiB  1 min 46 s left  checkpoint at 5',
      'longer/sft@abcdef012345  done         attempt 1  step 60  checkpoint at 5',
      'b/x/y                    failed       attempt 1  step 3',
      '    out-of-memory: tried \\u001b[1m2 GiB',
      'c/sft                    unknown',
      '    the target did not answer',
      'd/sft                    not started',
    ].join('\n'),
  );
});

test.run();
