/** Signals at a terminal: the command ends by itself, tells its code, and leaves the terminal as it found it. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { journalText } from '../support/disk-state.ts';
import { checkout } from '../support/sft.ts';
import { skip } from '../support/skip.ts';
import { processesOf, StandIn } from '../support/stand-in.ts';

const test = suite('signals at a terminal');

interface Session {
  readonly screen: string;
  readonly code: number;
  readonly before: string;
  readonly after: string;
}

type Press = (pid: number, type: (text: string) => void, hangUp: () => void) => Promise<void> | void;

const between = (screen: string, mark: string) =>
  screen.split(`${mark}<`)[1]?.split('>')[0]?.replaceAll('\r', '') ?? `no ${mark} in: ${screen}`;

/** Runs `sft` on a terminal of its own, and does something once it has said what is awaited. */
async function atTerminal(folder: string, command: string, said: RegExp, press: Press): Promise<Session> {
  const sft = `${process.execPath} ${join(checkout, 'bin', 'sft.js')} ${command}`;
  // A second Ctrl-C may come when the command has ended.
  const line = `stty cols 100 rows 40; trap : INT HUP TERM; echo "before<$(stty -a)>"
    (echo "pid<$BASHPID>"; exec ${sft}); echo "code<$?>"; echo "after<$(trap '' INT; stty -a)>"`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, SHELL: '/bin/bash', TERM: 'xterm', COLUMNS: '100' },
  });
  let screen = '';
  let pressed: Promise<void> | undefined;
  child.stdout.on('data', (chunk) => {
    screen += chunk;
    if (pressed || !said.test(screen)) return;
    const pid = Number(between(screen, 'pid'));
    pressed = Promise.resolve(
      press(
        pid,
        (text) => void child.stdin.write(text),
        () => void child.kill('SIGKILL'),
      ),
    );
  });
  await new Promise((resolve) => child.on('close', resolve));
  assert.ok(pressed, `it never said ${said}: ${screen}`);
  await pressed;
  return {
    screen,
    code: Number(between(screen, 'code')),
    before: between(screen, 'before'),
    after: between(screen, 'after'),
  };
}

const typed: Press = (_, type) => type('\u0003');
const sent =
  (signal: NodeJS.Signals): Press =>
  (pid) =>
    void process.kill(pid, signal);
/** As where npm passes on what the terminal sent us too. */
const twice: Press = async (_, type) => {
  type('\u0003');
  await sleep(30);
  type('\u0003');
};

function checkRestored({ screen, before, after }: Session, what: string): void {
  assert.is(after, before, `${what}: what stty tells`);
  assert.ok(screen.lastIndexOf('\u001b[?25h') >= screen.lastIndexOf('\u001b[?25l'), `${what}: the cursor is hidden`);
}

const environments = (it: StandIn) => join(it.folder, '.sft', 'workspace', 'environments');

/** Takes the environment away, so that the next apply makes one: seconds in which a signal can come. */
function withoutEnvironment(it: StandIn): () => void {
  const [name = ''] = readdirSync(environments(it)).filter((each) => /-py\d/.test(each));
  const place = join(environments(it), name);
  const aside = join(it.folder, 'aside');
  renameSync(place, aside);
  return () => renameSync(aside, place);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** launch.sh looks for the engines first: that takes a while here. */
function slowStart(it: StandIn): void {
  const [name = ''] = readdirSync(environments(it)).filter((each) => /-py\d/.test(each));
  const python = join(environments(it), name, 'bin', 'python');
  const text = readFileSync(python, 'utf8');
  writeFileSync(python, text.replace('#!/bin/sh', '#!/bin/sh\n[ "$1" = - ] && sleep 4'));
}

/** Nothing published, no process left, and the next apply finds the lock free. */
async function checkGoesOn(it: StandIn, giveBack: () => void, what: string): Promise<void> {
  assert.equal(await it.awaitQuiet(), [], `${what}: processes`);
  const published = readdirSync(environments(it)).filter((name) =>
    lstatSync(join(environments(it), name)).isSymbolicLink(),
  );
  assert.equal(published, [], what);
  giveBack();
  const again = await it.sft('apply', '--yes');
  assert.is(again.code, 0, `${what}: ${again.err}`);
  assert.is((await it.awaitStarts(1)).length, 1, what);
}

const atQuestion: readonly (readonly [string, Press, number])[] = [
  ['Ctrl-C', typed, 130],
  ['SIGTERM', sent('SIGTERM'), 143],
  ['SIGHUP', sent('SIGHUP'), 129],
];

const atList: readonly (readonly [string, Press, number])[] = [...atQuestion, ['Ctrl-C twice in 50 ms', twice, 130]];

if (spawnSync('script', ['--version']).status !== 0) skip('signals at a terminal', 'the program script is missing');
else {
  test('at the question: nothing is done, the terminal is as before', async () => {
    const it = await StandIn.make();
    try {
      for (const [what, press, code] of atQuestion) {
        const session = await atTerminal(it.folder, 'apply', /Only "yes"/, press);
        assert.is(session.code, code, `${what}: ${session.screen}`);
        checkRestored(session, what);
        assert.not.ok(existsSync(it.states), what);
      }
    } finally {
      await it.remove();
    }
  });

  for (const [what, press, code] of atList)
    test(`${what} while an environment is made: recorded, unlocked, the terminal as before`, async () => {
      const it = await StandIn.make();
      try {
        const giveBack = withoutEnvironment(it);
        const session = await atTerminal(it.folder, 'apply --yes', /making a virtual environment/, press);
        assert.is(session.code, code, session.screen);
        checkRestored(session, what);
        assert.match(journalText(it.states), '"apply-end"');
        await checkGoesOn(it, giveBack, what);
      } finally {
        await it.remove();
      }
    });

  test('Ctrl-C, and again while a start winds down: left at once, told so, and the next apply finds the run', async () => {
    const it = await StandIn.make();
    try {
      slowStart(it);
      const session = await atTerminal(it.folder, 'apply --yes', /bundle/, async (pid, type) => {
        // In a session of its own by then: until it is, the terminal's Ctrl-C is its too, and nothing winds down.
        const launching = () => processesOf(it.folder).some(({ words }) => / - cdksft_trainer /.test(words));
        for (let turn = 0; turn < 400 && !launching(); turn++) await sleep(50);
        // On a busy machine two may arrive together, which count as one.
        for (let turn = 0; turn < 6 && isThere(pid); turn++) {
          type('\u0003');
          await sleep(400);
        }
      });
      assert.is(session.code, 130, session.screen);
      assert.ok(session.screen.includes('Left at once: what was under way is not known.'), session.screen);
      checkRestored(session, 'again');
      assert.not.match(journalText(it.states), '"apply-end"');
      const next = await it.sft('apply', '--yes');
      assert.is(next.code, 0, next.err);
      assert.is((await it.awaitStarts(1)).length, 1);
    } finally {
      await it.remove();
    }
  });

  test('the terminal goes away while an environment is made: recorded and unlocked all the same', async () => {
    const it = await StandIn.make();
    try {
      const giveBack = withoutEnvironment(it);
      await atTerminal(it.folder, 'apply --yes', /making a virtual environment/, (pid, _, hangUp) => {
        hangUp();
        // A terminal's kernel sends it, and a shell once more; those of sandboxes do not.
        process.kill(pid, 'SIGHUP');
      });
      for (let turn = 0; turn < 200 && !/apply-end/.test(journalText(it.states)); turn++) await sleep(50);
      assert.match(journalText(it.states), '"apply-end"');
      await checkGoesOn(it, giveBack, 'no terminal');
    } finally {
      await it.remove();
    }
  });
}

test.run();
