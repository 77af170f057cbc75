/** `sft synth` of one program runs it in its own process: what the program does there must not be seen from outside. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { makeProject, sft } from '../support/sft.ts';

const project = makeProject({ 'rows.json': rows });
test.after(() => project.remove());

function synth(text: string, ...words: string[]) {
  project.write({ 'stacks/demo.ts': text });
  return sft(project.folder, 'synth', ...words);
}

test('what the program prints goes to stderr, our result to stdout', async () => {
  const print = `console.log('by console');\nprocess.stdout.write('by stream\\n');\n`;
  const ran = await synth(`${print}${programText()}${print}`);
  assert.is(ran.code, 0, ran.err);
  assert.is(ran.out, 'synth/demo/  6 written, 0 unchanged\n');
  assert.match(ran.err, /by console\nby stream\n[\s\S]*by console\nby stream\n/);
});

test('a program that moves, prints at its end or changes what it finds does not change our work', async () => {
  const moves = `import { tmpdir } from 'node:os';\nprocess.chdir(tmpdir());\nprocess.argv.length = 0;\nprocess.stdout.isTTY = true;\n`;
  const ran = await synth(`${moves}${programText()}process.on('exit', () => console.log('bye'));\n`);
  assert.is(ran.code, 0, ran.err);
  assert.is(ran.out, 'synth/demo/  0 written, 6 unchanged\n');
  assert.match(ran.err, 'bye');
});

test('a program that fails and leaves a server behind does not keep us', async () => {
  const server = `import { createServer } from 'node:http';\ncreateServer().listen(0);\n`;
  const thrown = await synth(`${server}${programText()}throw new Error('late');\n`);
  assert.is(thrown.code, 65);
  assert.match(thrown.err, /throws Error: late {2}\[program\/throws\]\n {2}at {5}stacks\/demo.ts:/);
  const left = await synth(`${server}${programText()}process.exit(0);\n`);
  assert.is(left.code, 0, left.err);
  const early = await synth(`${server}process.exit(0);\n${programText()}`);
  assert.is(early.code, 65);
  assert.match(early.err, '[program/exits]');
});

test('what is thrown later, and what is set, counts as it does in a process of its own', async () => {
  const later = await synth(`${programText()}setTimeout(() => { throw new Error('in a timer'); }, 10);\n`);
  assert.is(later.code, 65);
  assert.match(later.err, 'in a timer');
  const status = await synth(`${programText()}process.exitCode = 3;\n`);
  assert.is(status.code, 65);
  assert.match(status.err, 'exit code 3');
  const caught = await synth(`${programText()}try { process.exit(4); } catch {}\n`);
  assert.is(caught.code, 65);
  assert.match(caught.err, 'process.exit(4)');
});

test('an end from a timer is an end; what would have happened after it does not count', async () => {
  const ticks = 'setInterval(() => { throw new Error("gone by now"); }, 0);\n';
  const timer = await synth(`${programText()}setInterval(() => 0, 100);\nsetTimeout(() => process.exit(0), 5);\n`);
  assert.is(timer.code, 0, timer.err);
  assert.match(timer.out, 'synth/demo/');
  const prints = `setInterval(() => { process.stdout.write('not ours\\n'); console.log('not ours'); }, 0);\n`;
  const late = await synth(`${ticks}${prints}${programText()}process.exit(0);\n`);
  assert.is(late.out, 'synth/demo/  0 written, 6 unchanged\n');
  assert.is(late.code, 0, late.err);
  assert.not.match(late.err, 'gone by now');
});

test('what is done when there is nothing more to do is waited for, and is not printed among our results', async () => {
  const last = `process.on('beforeExit', () => setTimeout(() => console.log('last words'), 5));\n`;
  const ran = await synth(`${last}${programText()}`);
  assert.is(ran.code, 0, ran.err);
  assert.is(ran.out, 'synth/demo/  0 written, 6 unchanged\n');
  assert.is(ran.err.match(/last words/g)?.length, 1);
  const failed = await synth(`${programText()}process.once('beforeExit', () => { throw new Error('too late'); });\n`);
  assert.is(failed.code, 65);
  assert.match(failed.err, 'too late');
});

test('what goes wrong is told in the same words as of a process of its own', async () => {
  const programs = [
    `throw { code: 1 };\n`,
    `Promise.reject();\n${programText()}`,
    `await new Promise(() => undefined);\n`,
    `await Promise.resolve().then(() => process.exit(5));\n`,
    `${programText()}process.nextTick(() => { throw new RangeError('next'); });\n`,
    `${programText()}process.on('exit', () => { throw new Error('in exit'); });\n`,
    `import { Worker } from 'node:worker_threads';\nnew Worker('throw new Error("in a worker")', { eval: true });\n${programText()}`,
    programText({ run: 'lerningRate: 1,', end: '' }),
    programText({ run: 'lerningRate: 1,' }),
  ];
  for (const program of programs) {
    const here = await synth(program);
    const beside = await synth(program, '--program-timeout', '60');
    assert.is(here.code, 65, program);
    assert.equal(here, beside, program);
  }
});

test('a context, a timeout, JSON or a second program: a process of its own, with the same result', async () => {
  const ran = await synth(`console.log('pid', process.pid);\n${programText()}`, '--json');
  assert.is(ran.code, 0, ran.err);
  assert.equal(JSON.parse(ran.out).stacks[0], {
    stack: 'demo',
    folder: 'synth/demo',
    written: 0,
    unchanged: 6,
    removed: 0,
    kept: [],
  });
  const timed = await synth(programText(), '--program-timeout', '20');
  assert.is(timed.out, 'synth/demo/  0 written, 6 unchanged\n');
});

test.run();
