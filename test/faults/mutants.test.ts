/**
 * Can these suites fail? Each patch in mutants/ takes one promise away. Its first lines name the suite that must turn
 * red then, and words of the check that is meant for it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clockLibrary } from '../support/clock.ts';
import { thorough } from '../support/effort.ts';
import { checkout } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

const test = suite('mutants');
const folder = join(import.meta.dirname, 'mutants');

interface Mutant {
  readonly name: string;
  readonly patch: string;
  readonly check: string;
  readonly says: string;
  /** What its check cannot do without. */
  readonly needs: string;
}

function read(name: string): Mutant {
  const patch = join(folder, name);
  const text = readFileSync(patch, 'utf8');
  const line = (label: string) => new RegExp(`^${label}: (.+)$`, 'm').exec(text)?.[1] ?? '';
  return { name, patch, check: line('Check'), says: line('Says'), needs: line('Needs') };
}

const mutants = readdirSync(folder).sort().map(read);

/** A copy of the tree; its packages are those of this checkout. */
function copyTree(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'sft-mutant-')));
  for (const part of ['bin', 'lib', 'test', 'trainer', 'scripts', 'examples', 'package.json'])
    cpSync(join(checkout, part), join(copy, part), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function applyPatch(copy: string, { patch }: Mutant): void {
  const { status, stdout, stderr } = spawnSync('patch', ['-p0', '-i', patch], { cwd: copy, encoding: 'utf8' });
  assert.is(status, 0, `the patch no longer fits the code: ${stdout}${stderr}`);
}

function runCheck(copy: string, { check }: Mutant): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [check], {
    cwd: copy,
    env: { ...process.env, SFT_FAULTS: '' },
    timeout: 300_000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output += data;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

async function inCopy(act: (copy: string) => Promise<void> | void): Promise<void> {
  const copy = copyTree();
  try {
    await act(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

test('ten patches, and each fits the code as it is', async () => {
  assert.is(mutants.length, 10);
  for (const mutant of mutants) {
    assert.ok(mutant.check !== '' && mutant.says !== '', mutant.name);
    await inCopy((copy) => applyPatch(copy, mutant));
  }
});

const cannot = ({ needs }: Mutant) => needs === 'libfaketime' && clockLibrary === undefined;

if (thorough)
  for (const mutant of mutants)
    if (cannot(mutant)) skip(`mutant ${mutant.name}`, `${mutant.needs} is not installed`);
    else
      test(`${mutant.name}: ${mutant.check} turns red, and by the check that is meant`, () =>
        inCopy(async (copy) => {
          applyPatch(copy, mutant);
          const { code, output } = await runCheck(copy, mutant);
          assert.is.not(code, 0, 'it stayed green');
          const failure = output.slice(output.indexOf('FAIL'));
          assert.ok(failure.includes(mutant.says), `it failed by something else than "${mutant.says}":\n${output}`);
        }));

test.run();
