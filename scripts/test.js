// Runs the tests: `node scripts/test.js all|quick|golden|faults [--strict-skips] [--times] [--only TEXT]`.
// Each test/**/*.test.ts is a process of its own, so that one that ends early or hangs is seen. The last line is
// "N passed, N failed, N skipped"; each skip is printed with its reason.
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { sep } from 'node:path';
import { newEnough, root } from './node.js';
import { ensureTestEnvironment, testPython } from './python.js';
import { setUp } from './setup.js';
import { run } from './shell.js';
import { runCheck, runPytest, runSuite } from './suites.js';

const [kind = 'all', ...flags] = process.argv.slice(2);

// The set-up and the file patterns need a newer Node than Node 20: go on in that one.
const node = await setUp();
if (!newEnough(process.versions.node)) process.exit(await run(node, process.argv.slice(1)));

const only = flags.includes('--only') ? flags[flags.indexOf('--only') + 1] : undefined;
/** Not for every save of a file: Python, packing (asks a registry), suites that start the command dozens of times. */
const slowFolders = ['python', 'package', 'commands'].map((folder) => `test${sep}${folder}${sep}`);
const faults = `test${sep}faults${sep}`;
const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.test\.ts$/.test(file))
  .map((file) => `test${sep}${file}`)
  .sort()
  .filter((file) => kind !== 'golden' || file.includes('golden'))
  .filter((file) => only === undefined || file.includes(only));
const isFault = (/** @type {string} */ file) => file.startsWith(faults);
const isSlow = (/** @type {string} */ file) => slowFolders.some((folder) => file.startsWith(folder)) || isFault(file);
const quick = kind === 'faults' ? [] : files.filter((file) => kind === 'golden' || !isSlow(file));
const slow = kind === 'all' ? files.filter(isSlow) : kind === 'faults' ? files.filter(isFault) : [];

if (kind === 'golden') process.env.UPDATE_GOLDEN = '1';
if (kind === 'all') await ensureTestEnvironment();
// Else these suites do a part of what they can.
if (kind === 'faults') process.env.SFT_FAULTS = 'all';

/** @type {import('./suites.js').Outcome[]} */
const outcomes = [];
/** @param {Promise<import('./suites.js').Outcome>} pending */
async function tell(pending) {
  const outcome = await pending;
  outcomes.push(outcome);
  const seconds = (outcome.milliseconds / 1000).toFixed(1);
  const mark = outcome.failed > 0 ? 'FAIL' : 'ok  ';
  process.stdout.write(`${mark} ${outcome.name}  ${outcome.passed} passed, ${seconds} s\n`);
  if (outcome.failed > 0) process.stdout.write(`${outcome.output.trimEnd()}\n\n`);
}

/** Takes jobs from a list, `width` at a time. @param {(() => Promise<void>)[]} jobs @param {number} width */
async function inTurn(jobs, width) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all(Array.from({ length: width }, worker));
}

// Generous: on a machine that does other things too, a suite of sixty commands takes minutes.
const suites = quick.map((file) => () => tell(runSuite(file, 600)));
const checks = [
  () => tell(runCheck('types (tsc)', 'tsc', ['--noEmit', '-p', '.'])),
  () => tell(runCheck('format and lint (biome)', 'biome', ['check', '--error-on-warnings', '.'])),
];
await inTurn(
  kind === 'golden' || kind === 'faults' || only ? suites : [...checks, ...suites],
  Math.min(2, cpus().length),
);
// A training takes both cores: one at a time.
await inTurn(
  slow.map((file) => () => tell(runSuite(file, kind === 'faults' ? 7200 : 900))),
  1,
);
if (kind === 'all' && !only) await tell(runPytest(testPython()));

const skips = outcomes.flatMap((outcome) => outcome.skips.map((skip) => `${outcome.name}: ${skip}`));
for (const skip of skips) process.stdout.write(`skipped ${skip}\n`);
if (flags.includes('--times'))
  for (const { name, milliseconds } of outcomes.toSorted((a, b) => b.milliseconds - a.milliseconds))
    process.stdout.write(`${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${name}\n`);
const sum = (/** @type {'passed' | 'failed'} */ field) =>
  outcomes.reduce((total, outcome) => total + outcome[field], 0);
// What a machine cannot have is a GPU, and a clone by itself has no ../shared; the rest can be installed.
const avoidable = flags.includes('--strict-skips') ? skips.filter((skip) => !/GPU|\.\.\/shared/.test(skip)) : [];
for (const skip of avoidable) process.stdout.write(`FAIL this skip is not allowed here: ${skip}\n`);
const failed = sum('failed') + avoidable.length;
process.stdout.write(`${sum('passed')} passed, ${failed} failed, ${skips.length} skipped\n`);
process.exitCode = failed > 0 || outcomes.length === 0 ? 1 : 0;
