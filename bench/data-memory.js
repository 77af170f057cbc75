// `node bench/data-memory.js [GB] [TOKENIZER]`: the memory that `sft data inspect` takes of a large file, and how soon it says
// something. The file is made in a temporary folder (TMPDIR), of rows of which no two are the same, and deleted after.
// The same of a file of a few rows is what Node, our code and the tokenizer take by themselves.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/node.js';

const [gigabytes = '5', tokenizer] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'sft-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const words = JSON.parse(readFileSync(join(root, 'examples/data/everyday.json'), 'utf8'))
  .flatMap((/** @type {Record<string, string>} */ row) => `${row.instruction} ${row.output}`.split(/\s+/))
  .filter((/** @type {string} */ word) => word !== '');

let state = 1;
/** xorshift32: the same file each time. @param {number} below */
function draw(below) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const text = (/** @type {number} */ count) => Array.from({ length: count }, () => words[draw(words.length)]).join(' ');

/** @param {string} name @param {number} bytes */
function make(name, bytes) {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  let written = 0;
  let rows = 0;
  while (written < bytes) {
    let piece = '';
    while (piece.length < 2 ** 22 && written + piece.length < bytes) {
      piece += `${JSON.stringify({ instruction: text(4 + draw(12)), input: '', output: text(20 + draw(100)) })}\n`;
      rows += 1;
    }
    written += writeSync(file, piece);
  }
  closeSync(file);
  return { path, rows, bytes: written };
}

/** Of the whole process, so far. @param {number | undefined} pid */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** @param {string} path */
async function inspect(path) {
  const args = ['data', 'inspect', path, ...(tokenizer === undefined ? [] : ['--tokenizer', tokenizer])];
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin/sft.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let first = 0;
  let peak = 0;
  child.stdout.on('data', () => {
    first ||= performance.now() - begun;
  });
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
  }, 50);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  return { code, first: first / 1000, seconds: (performance.now() - begun) / 1000, peak };
}

const small = make('small.jsonl', 2 ** 16);
const large = make('large.jsonl', Number(gigabytes) * 1e9);
console.log('| file | rows | peak MB | first output s | seconds | MB/s |\n| --- | ---: | ---: | ---: | ---: | ---: |');
for (const { path, rows, bytes } of [small, large]) {
  const { code, first, seconds, peak } = await inspect(path);
  const size = bytes > 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const told = [size, rows.toLocaleString('en-US'), peak.toFixed(0), first.toFixed(2), seconds.toFixed(1)];
  console.log(`| ${told.join(' | ')} | ${(bytes / 1e6 / seconds).toFixed(1)} |`);
  if (code !== 0) process.exitCode = 1;
}
