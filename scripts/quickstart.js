// `npm run quickstart`: set-up, then the main job on examples/quickstart.ts by `sft` itself. Run again, it finds nothing
// to do. Safe to interrupt at any point.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './node.js';
import { findPython } from './python.js';
import { setUp } from './setup.js';
import { run } from './shell.js';

const stack = 'examples/quickstart.ts';
const sft = join(root, 'bin', 'sft.js');

const node = await setUp();
findPython();

/** What `sft` prints as JSON, one value a line. @param {string[]} words @returns {Record<string, unknown>[]} */
function told(words) {
  const { stdout } = spawnSync(node, [sft, ...words, '--json'], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** A run that is still training, or was ended, is no result yet. */
function isDone() {
  const runs = /** @type {{ stack: string, current: boolean, state: string }[]} */ (told(['status'])[0]?.runs ?? []);
  return runs.some((one) => one.stack === 'quickstart' && one.current && one.state === 'done');
}

/** How far the losses of the newest attempt fell, from what it told. @returns {string[]} */
function results() {
  const events = told(['logs', 'quickstart/sft']);
  const from = Number(events.find((event) => event.kind === 'start')?.resumed_from ?? 0);
  const losses = events.filter((event) => event.kind === 'step').map((event) => Number(event.loss));
  const held = events.filter((event) => event.kind === 'evaluate').map((event) => Number(event.eval_loss));
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const fall = (/** @type {number | undefined} */ first, /** @type {number | undefined} */ last) =>
    first === undefined || last === undefined || Number.isNaN(first)
      ? 'not told'
      : `${first.toFixed(2)} -> ${last.toFixed(2)}  (${(100 * (1 - last / first)).toFixed(0)} % less)`;
  return [
    ...(from > 0 ? [`  this attempt went on from the checkpoint at step ${from}`] : []),
    `  loss, first five and last five steps   ${fall(mean(losses.slice(0, 5)), mean(losses.slice(-5)))}`,
    `  loss on rows that were held out        ${fall(held.at(0), held.at(-1))}`,
  ];
}

process.stdout.write('\nThis shows the machinery, not quality: a tiny Llama with random weights learns 366 rows.\n\n');
const before = spawnSync(node, [sft, 'plan', stack, '--detailed-exitcode'], { cwd: root, encoding: 'utf8' });
if (before.status === 0 && isDone()) process.stdout.write(before.stdout);
else {
  // --wait also follows a training that an interrupted quickstart has left running.
  const code = await run(node, [sft, 'apply', stack, '--yes', '--wait'], { cwd: root });
  if (code !== 0) process.exit(code);
}
process.stdout.write(`\n${results().join('\n')}\n\n`);
await run(node, [sft, 'output', 'quickstart/sft'], { cwd: root });
process.stdout.write(`
Next:
  node bin/sft.js status                       runs, attempts, losses
  node bin/sft.js logs quickstart/sft          what it told
  change learningRate in ${stack}, then
  node bin/sft.js plan ${stack}   shows a new run beside the old one
`);
