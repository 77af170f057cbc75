/** What becomes of ends that a test cannot bring about at will, or only slowly. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from '../../lib/cli/child.ts';
import { judge } from '../../lib/cli/judge.ts';
import type { ProgramOutcome, Said } from '../../lib/program/said.ts';
import { makeProject } from '../support/sft.ts';

const outcome: ProgramOutcome = { program: 'stacks/x.ts', said: [], code: 0, killedBy: null };
const ids = (more: Partial<ProgramOutcome>) => judge({ ...outcome, ...more }, 60).findings.map((one) => one.id);
const handed = (format: number) => ({ kind: 'manifests', manifests: [{ format, stack: 'x' }] }) as unknown as Said;
const manifests = handed(1);
const end: Said = { kind: 'end', settled: true };

test('a program that delivered and ended is good', () => {
  const judged = judge({ ...outcome, said: [manifests, end] }, 60);
  assert.equal(judged.findings, []);
  assert.is(judged.manifests[0]?.stack, 'x');
});

test('each other end has its finding, and then nothing is handed on', () => {
  assert.equal(ids({ killedBy: 'SIGABRT', code: null }), ['program/killed']);
  assert.equal(ids({ killedBy: 'SIGKILL', code: null }), ['program/killed']);
  assert.equal(ids({ stopped: 'size', killedBy: 'SIGKILL', code: null }), ['program/too-large']);
  assert.equal(ids({ said: [manifests, end], code: 3 }), ['program/exits']);
  assert.equal(ids({ said: [manifests, { kind: 'exit', code: 1, frames: ['a.ts:1:1'] }, end], code: 1 }), [
    'program/exits',
  ]);
  assert.equal(ids({ said: [handed(9), end] }), ['program/version']);
  const from = { version: '9.9.9', folder: '/a/cdksft' };
  assert.equal(ids({ said: [{ ...manifests, from } as Said, end] }), ['program/version']);
  assert.equal(ids({ said: [{ ...handed(9), from } as Said, end] }), ['program/version']);
  const late: Said = { kind: 'thrown', name: 'Error', message: 'late', frames: [], sdk: true, rejected: false };
  assert.equal(ids({ said: [manifests, late], code: 1 }), ['program/sdk']);
  assert.is(judge({ ...outcome, said: [manifests, late], code: 1 }, 60).manifests.length, 0);
});

test('a line that a kill cut off is passed over', async () => {
  const project = makeProject({
    'cut.mjs': `import { writeSync } from 'node:fs';\nwriteSync(3, '{"kind":"manif');\nprocess.kill(process.pid, 'SIGKILL');\n`,
  });
  try {
    const options = { project: project.folder, program: 'cut.mjs', seconds: 20, signal: new AbortController().signal };
    const cut = await runProgram(options);
    assert.equal(cut.said, []);
    assert.equal(ids(cut), ['program/killed']);
  } finally {
    project.remove();
  }
});

test('the channel is bounded, and an aborted wait ends the child', async () => {
  const project = makeProject({
    'flood.mjs': `import { writeSync } from 'node:fs';\nwhile (true) writeSync(3, 'x'.repeat(65536));\n`,
    'hang.mjs': 'setInterval(() => 0, 1000);\n',
  });
  try {
    const base = { project: project.folder, seconds: 20 };
    const flood = await runProgram({
      ...base,
      program: 'flood.mjs',
      signal: new AbortController().signal,
      most: 1 << 20,
    });
    assert.is(flood.stopped, 'size');
    const why = new Error('enough');
    const controller = new AbortController();
    const hung = runProgram({ ...base, program: 'hang.mjs', signal: controller.signal });
    setTimeout(() => controller.abort(why), 100);
    const caught = await hung.catch((error: unknown) => error);
    assert.is(caught, why);
  } finally {
    project.remove();
  }
});

test.run();
