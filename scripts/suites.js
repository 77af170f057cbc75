// One suite, one process: runs it, and reads how many of its tests passed, failed and were skipped.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './node.js';

/**
 * @typedef {{ name: string, passed: number, failed: number, skips: string[], output: string, milliseconds: number }} Outcome
 */

/**
 * @param {string} command
 * @param {readonly string[]} arguments_
 * @param {number} seconds
 * @returns {Promise<{ code: number, output: string, milliseconds: number }>}
 */
function collect(command, arguments_, seconds) {
  const started = performance.now();
  return new Promise((resolve) => {
    // A process group of its own, so that a suite that hangs is ended with all that it started.
    const child = spawn(command, arguments_, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const end = () => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL');
      } catch {}
    };
    const timer = setTimeout(() => {
      output += `\nended: it took more than ${seconds} s\n`;
      end();
    }, seconds * 1000);
    process.once('exit', end);
    const read = (/** @type {Buffer} */ data) => {
      output += data;
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', (error) => resolve({ code: 127, output: String(error), milliseconds: 0 }));
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve({ code: code ?? 1, output, milliseconds: performance.now() - started });
    });
  });
}

/** @param {string} output @param {string} label */
const total = (output, label) =>
  [...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'gm'))].reduce((sum, match) => sum + Number(match[1]), 0);

/** A file of uvu suites. @param {string} file @param {number} seconds @returns {Promise<Outcome>} */
export async function runSuite(file, seconds) {
  const { code, output, milliseconds } = await collect(process.execPath, [file], seconds);
  const passed = total(output, 'Passed');
  const all = total(output, 'Total');
  const skips = [...output.matchAll(/^skip: (.*)$/gm)].map((match) => match[1] ?? '');
  // No test at all is a failure too, unless all of them were skipped for a reason.
  const broken = code !== 0 || (all === 0 && skips.length === 0);
  const failed = Math.max(all - passed - total(output, 'Skipped'), broken ? 1 : 0);
  return { name: file, passed, failed, skips, output, milliseconds };
}

/** A program of node_modules/.bin whose exit code is the verdict. @param {string} name @param {string} program @param {string[]} arguments_ @returns {Promise<Outcome>} */
export async function runCheck(name, program, arguments_) {
  const { code, output, milliseconds } = await collect(join(root, 'node_modules', '.bin', program), arguments_, 300);
  return { name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skips: [], output, milliseconds };
}

/** The trainer's own tests. @param {string} python @returns {Promise<Outcome>} */
export async function runPytest(python) {
  const folder = mkdtempSync(join(tmpdir(), 'sft-pytest-'));
  const report = join(folder, 'report.xml');
  const { code, output, milliseconds } = await collect(
    python,
    ['-m', 'pytest', 'trainer/tests', '-q', '-rs', '--color=no', '-p', 'no:cacheprovider', `--junit-xml=${report}`],
    900,
  );
  const xml = existsSync(report) ? readFileSync(report, 'utf8') : '';
  rmSync(folder, { recursive: true });
  const count = (/** @type {string} */ name) =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const skips = [...output.matchAll(/^SKIPPED \[\d+\] (.*)$/gm)].map((match) => match[1] ?? '');
  const passed = count('tests') - failed - count('skipped');
  return {
    name: 'trainer/tests (pytest)',
    passed,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skips,
    output,
    milliseconds,
  };
}
