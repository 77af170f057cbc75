/** What a person at a terminal sees: the question before anything is done, and the live list. By a real pseudo-terminal. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lendEnvironment } from '../support/environment.ts';
import { checkout, makeProject, type Project, sft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';
import { tinyStack } from '../support/tiny.ts';

const test = suite('terminal');
const rows = readFileSync(join(checkout, 'examples', 'data', 'everyday.json'), 'utf8');

let project: Project;
test.before(async () => {
  project = makeProject({ 'stacks/demo.ts': tinyStack(), 'rows.json': rows });
  await sft(project.folder, 'synth');
  lendEnvironment(project.folder, 'demo');
});
test.after(() => project.remove());

interface Session {
  readonly code: number;
  readonly screen: string;
}

/** Runs `sft` on a terminal of its own, and types an answer once it asks. */
function atTerminal(command: string, answer: string): Promise<Session> {
  const line = `stty cols 100 rows 40; exec ${process.execPath} ${join(checkout, 'bin', 'sft.js')} ${command}`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: project.folder,
    env: { ...process.env, TERM: 'xterm', COLUMNS: '100' },
  });
  let screen = '';
  let typed = false;
  child.stdout.on('data', (chunk) => {
    screen += chunk;
    if (typed || !/\byes\b/.test(screen)) return;
    typed = true;
    child.stdin.write(answer);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 1, screen })));
}

const started = () => existsSync(join(project.folder, '.sft', 'workspace', 'runs'));

if (spawnSync('script', ['--version']).status !== 0) skip('terminal', 'the program script (bsdutils) is missing');
else {
  test('no is no: the plan was shown, nothing is done', async () => {
    const { code, screen } = await atTerminal('apply', 'no\r');
    assert.match(screen, /Plan: 4 to add, 0 to remove\./);
    assert.is(code, 1, screen);
    assert.not.ok(started());
  });

  test('Ctrl-C at the question: nothing is done', async () => {
    const { code, screen } = await atTerminal('apply', '\u0003');
    assert.is(code, 130, screen);
    assert.not.ok(started());
  });

  test('yes does it, in a live list with colour', async () => {
    const { code, screen } = await atTerminal('apply --wait', 'yes\r');
    assert.is(code, 0, screen);
    assert.match(screen, /[✔√]/u, screen);
    assert.ok(screen.includes('\u001b['));
    assert.match(screen, /done at step 18/);
    assert.ok(started());
    // The cursor, which the list hides, is shown again.
    assert.ok(screen.lastIndexOf('\u001b[?25h') >= screen.lastIndexOf('\u001b[?25l'));
  });
}

test.run();
