import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ProgressReader } from '../../lib/apply/status.ts';
import { followEvents } from '../../lib/targets/local/follow.ts';
import { glanceAt } from '../../lib/targets/local/glance.ts';

const test = suite<{ folder: string }>('glance');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'sft-glance-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const line = (event: Record<string, unknown>) => `${JSON.stringify({ time: 1, ...event })}\n`;
const steps = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    line({ kind: 'step', step: from + index, max_steps: 1_000_000, loss: 1 / (from + index), step_seconds: 2 }),
  ).join('');
const begin = line({ kind: 'start', max_steps: 1_000_000, resumed_from: 3 });
const evaluation = (step: number) => line({ kind: 'evaluate', step, eval_loss: step });

async function whole(folder: string) {
  const reader = new ProgressReader();
  for await (const event of followEvents(folder, { follow: false })) reader.add(event);
  return reader.value;
}

function glanced(folder: string) {
  const events = glanceAt(folder);
  const reader = new ProgressReader();
  for (const event of events) reader.add(event);
  return { value: reader.value, events: events.length };
}

test('no file, an empty one, a short one', async ({ folder }) => {
  assert.equal(glanceAt(join(folder, 'none')), []);
  writeFileSync(join(folder, 'events.jsonl'), '');
  assert.equal(glanceAt(folder), []);
  writeFileSync(join(folder, 'events.jsonl'), `${begin}${evaluation(2)}${steps(4, 9)}{"kind":"st`);
  assert.equal(glanced(folder).value, await whole(folder));
  assert.is(glanced(folder).value.step, 9);
});

test('a long file gives what all of it gives, and a part of it is parsed', async ({ folder }) => {
  const many = steps(4, 60_000);
  const texts: [string, string][] = [
    ['no evaluation', `${begin}${many}`],
    ['one far back', `${begin}${evaluation(5)}${many}`],
    [
      'the newest of several',
      `${begin}${evaluation(5)}${many}${evaluation(7)}${many}{"note":"\\"evaluate\\""}\n${steps(60_001, 70_000)}`,
    ],
    ['one in the tail', `${begin}${evaluation(5)}${many}${evaluation(8)}${steps(60_001, 60_003)}`],
    ['an end', `${begin}${many}${line({ kind: 'end', cause: 'done', step: 60_000, result: 'output/result' })}`],
    ['torn', `${begin}${evaluation(6)}${many}{"kind":"step","st`],
  ];
  for (const [name, text] of texts) {
    writeFileSync(join(folder, 'events.jsonl'), text);
    const { value, events } = glanced(folder);
    assert.equal(value, await whole(folder), name);
    assert.is(value.resumedFrom, 3, name);
    assert.ok(events < 10_000, `${name}: ${events} events were parsed`);
  }
});

test('an evaluation is found wherever it lies to the chunks that are read', ({ folder }) => {
  const message = (length: number) => line({ kind: 'notice', message: 'x'.repeat(length) });
  const empty = message(0).length;
  // As many bytes as the tail and one chunk have, so that the evaluation lies across the edge between two chunks.
  const filler = message(64 - empty).repeat(((1 << 19) + (1 << 22)) / 64 - 2);
  for (let shift = 0; shift <= 120; shift += 5) {
    const text = `${begin}${evaluation(5)}${filler}${message(128 - empty - 60 + shift)}`;
    writeFileSync(join(folder, 'events.jsonl'), text);
    assert.is(glanced(folder).value.evaluationLoss, 5, String(shift));
  }
});

test.run();
