/** The README's first command, without its set-up: the example trains, learns, and then there is nothing to do. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrainerEvent } from '../../lib/base/events.ts';
import { lendEnvironment } from '../support/environment.ts';
import { checkout, makeProject, sft } from '../support/sft.ts';

const program = 'examples/quickstart.ts';
const rows = 'examples/data/everyday.json';
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('the rows: at least 300, whole, distinct, in two languages', () => {
  const all = JSON.parse(readFileSync(join(checkout, rows), 'utf8')) as {
    instruction: string;
    input: string;
    output: string;
  }[];
  assert.ok(all.length >= 300);
  assert.is(new Set(all.map((row) => `${row.instruction}\n${row.input}`)).size, all.length);
  assert.is(new Set(all.map((row) => row.output)).size, all.length);
  const japanese = all.filter((row) => /[\u3040-\u30ff\u4e00-\u9fff]/.test(row.instruction)).length;
  assert.ok(japanese > 0.3 * all.length && japanese < 0.7 * all.length);
});

test('it learns: the last losses are a fifth under the first, the held-out one falls; again: nothing to do', async () => {
  const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
  const project = makeProject({ [program]: read(program), [rows]: read(rows) });
  assert.is(spawnSync(process.execPath, [program], { cwd: project.folder }).status, 0);
  lendEnvironment(project.folder, 'quickstart');
  const applied = await sft(project.folder, 'apply', program, '--yes', '--wait');
  assert.is(applied.code, 0, applied.err);

  const logs = await sft(project.folder, 'logs', 'quickstart/sft', '--json');
  const events = logs.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainerEvent);
  const losses = events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));
  assert.ok(mean(losses.slice(-5)) <= 0.8 * mean(losses.slice(0, 5)), `${losses}`);
  const held = events.flatMap((event) => (event.kind === 'evaluate' ? [event.eval_loss] : []));
  assert.ok((held.at(-1) ?? 9) < (held[0] ?? 0), `${held}`);

  const again = await sft(project.folder, 'plan', program, '--detailed-exitcode');
  assert.is(again.code, 0, again.out);
  assert.match(again.out, /Nothing to do/);
  project.remove();
});

test.run();
